import type { Step } from '../../audit/evidence.ts';
import { html, type Markup } from './escape.ts';
import { chip, stepStates } from './states.ts';
import { facts, literal, paragraphs, section, sentences } from './words.ts';

/** The steps of the check text, each with what was seen of it. */
export function stepsSection(steps: readonly Step[]): Markup {
  return section(
    'steps',
    'The check text, step by step',
    html`<ol class="steps" start="0">
      ${steps.map(step)}
    </ol>`,
  );
}

function step({ title, asked, state, because, facts: seen }: Step): Markup {
  return html`
    <li>
      <h3>${title}</h3>
      ${chip(stepStates[state])}
      <blockquote>${paragraphs(asked)}</blockquote>
      ${sentences(because)}
      ${seen.length === 0 ? undefined : facts(seen.map(({ label, values }) => [label, values.map((value) => html`<div>${literal(value)}</div> `)]))}
    </li>
  `;
}
