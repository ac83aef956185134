import { visible } from '../visible.ts';
import { refused, type ChecklistFile } from './checklist-file.ts';

/** From where to where an element stands in its file, and what is between its tags; `<a/>` has nothing there. */
export interface ElementPlace {
  readonly name: string;
  readonly start: number;
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly end: number;
}

/** Comments, CDATA sections and instructions are passed over whole, and what is in quotes within a tag. */
const token =
  /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<(?<close>\/?)(?<name>[^\s/<>!?&"']+)(?:"[^"]*"|'[^']*'|[^"'<>])*?(?<empty>\/?)>|[<&]/g;
const reference = /&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/iy;
/** A checklist nests six deep. */
const deepest = 100;

/**
 * Takes an XML file and returns where its elements stand, in the order in which they begin. Throws `usage` where tags
 * do not match, at a DOCTYPE, and at a reference to an entity that is not XML’s own, so that none is ever looked up.
 * Whether the file is well-formed in all else is for a parser to say.
 */
export function elementPlaces(checklist: ChecklistFile, remedy: string): ElementPlace[] {
  const { text } = checklist;
  const refuse = (at: number, message: string): Error => refused(checklist, { at, message, remedy });
  const places: ElementPlace[] = [];
  const open: number[] = [];
  for (const match of text.matchAll(token)) {
    const [found] = match;
    const { close, name, empty } = match.groups ?? {};
    const start = match.index;
    const end = start + found.length;
    if (name === undefined) {
      if (found.length === 1 && !isReference(text, start)) throw refuse(start, whatIs(text, start));
    } else if (close === '/') {
      const at = open.pop();
      const place = at === undefined ? undefined : places[at];
      if (at === undefined || place?.name !== name) {
        throw refuse(start, `</${visible(name)}> closes what is not open here`);
      }
      places[at] = { ...place, innerEnd: start, end };
    } else {
      places.push({ name, start, innerStart: end, innerEnd: end, end });
      if (empty !== '/') open.push(places.length - 1);
      if (open.length > deepest) throw refuse(start, `more than ${deepest} elements within each other`);
    }
  }
  const [unclosed] = open.slice(-1).map((at) => places[at]);
  if (unclosed !== undefined) throw refuse(unclosed.start, `<${visible(unclosed.name)}> is never closed`);
  return places;
}

function isReference(text: string, at: number): boolean {
  reference.lastIndex = at;
  return reference.test(text);
}

function whatIs(text: string, at: number): string {
  if (text.startsWith('<!DOCTYPE', at))
    return 'a DOCTYPE, which no checklist needs and which could draw in other files';
  return text[at] === '&' ? 'an & that begins no entity that XML itself knows' : 'a < that begins no tag';
}
