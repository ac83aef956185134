import { html, type Content, type Markup } from './escape.ts';

/** Takes ms since the epoch and returns the moment in UTC, to the second. */
export function moment(at: number): Markup {
  const iso = new Date(at).toISOString().replace(/\.\d+/, '');
  return html`<time datetime="${iso}">${iso.replace('T', ' ')}</time>`;
}

/** Names, ids, paths, hashes: in the fixed font, and not reordered with the words around them. */
export function literal(text: string): Markup {
  return html`<bdi class="literal">${text}</bdi>`;
}

/** Text of several lines, whose line ends are meant. */
export function paragraphs(text: string): Markup {
  const parts = text.split(/\n{2,}/).map((part) => part.split('\n'));
  return html`${parts.map(
    (lines) => html`<p>${lines.map((line, at) => [at === 0 ? '' : html`<br />`, line])}</p>`,
  )}`;
}

/** A whole number with its thousands apart. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** A number and what it counts: `1 run`, `1,200 runs`. */
export function counted(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Labels and their values, of which those without a value are left out. */
export function facts(pairs: readonly (readonly [label: string, value: Content])[]): Markup {
  const told = pairs.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">
    ${told.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;
}

/** Sentences as a list; nothing without any. */
export function sentences(texts: readonly string[]): Markup | undefined {
  if (texts.length === 0) return undefined;
  return html`<ul class="sentences">
    ${texts.map((text) => html`<li>${text}</li> `)}
  </ul>`;
}

/** A part of the page with its heading, to which `id` leads. */
export function section(id: string, heading: string, content: Content): Markup {
  return html`
    <section id="${id}" aria-labelledby="${id}-heading">
      <h2 id="${id}-heading">${heading}</h2>
      ${content}
    </section>
  `;
}
