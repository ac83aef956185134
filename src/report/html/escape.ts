import { visible } from '../visible.ts';

/** The private field makes a type of its own of it, and only `html` below can make one. */
class SafeMarkup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Markup for a page, in which nothing stands that somebody else chose and that was not escaped. */
export type Markup = SafeMarkup;

/** What may stand in a template: markup goes in as it is, text is escaped, undefined is nothing at all. */
export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * The one way to make markup. Everything that is put in is written out (control and invisible characters) and
 * escaped, also between the quotes of an attribute; so forgetting it is impossible. Attributes must be quoted, and
 * nothing may be put into a tag's name, a script, a style or a URL.
 */
export function html(fixed: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new SafeMarkup(fixed.map((text, at) => text + written(contents[at])).join(''));
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof SafeMarkup) return content.toString();
  if (typeof content === 'object') return content.map(written).join('');
  return visible(String(content)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
