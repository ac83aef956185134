import { DOMParser, ParseError, type Element } from '@xmldom/xmldom';
import { visible } from '../visible.ts';
import { refused, type ChecklistFile } from './checklist-file.ts';
import { elementPlaces, type ElementPlace } from './element-places.ts';

/** An XML file as a tree whose elements know their places. */
export interface XmlPlaces {
  readonly root: Element;
  placeOf(element: Element): ElementPlace;
}

/** Parses an XML file. Throws `usage` for what is not well-formed, has a DOCTYPE, or claims not to be UTF-8. */
export function xmlPlaces(checklist: ChecklistFile, remedy: string): XmlPlaces {
  const encoding = /^\ufeff?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)/.exec(checklist.text)?.[1] ?? 'UTF-8';
  if (!/^utf-?8$/i.test(encoding)) {
    throw refused(checklist, {
      message: `it claims to be written in ${visible(encoding)}`,
      remedy: 'save it as UTF-8',
    });
  }
  // Two readings of one file: the library’s tree, and where the tags stand. The library’s own places count lines
  // where others see none (U+2028), and do not say where an element ends.
  const places = elementPlaces(checklist, remedy);
  const root = parse(checklist, remedy);
  const elements = elementsFrom(root);
  if (elements.length !== places.length || elements.some(({ tagName }, at) => tagName !== places[at]?.name)) {
    throw refused(checklist, { message: 'it is no XML that can be edited in place', remedy });
  }
  const placesOf = new Map(elements.map((element, at) => [element, places[at]]));
  return {
    root,
    placeOf(element) {
      const place = placesOf.get(element);
      if (place === undefined) throw new Error(`no element of this file: ${element.tagName}`);
      return place;
    },
  };
}

function parse(checklist: ChecklistFile, remedy: string): Element {
  let problem = 'it has no root element';
  const parser = new DOMParser({
    locator: false,
    onError(_level, message) {
      problem = message;
      throw new Error(message);
    },
  });
  try {
    const { documentElement } = parser.parseFromString(checklist.text.replace(/^\ufeff/, ''), 'text/xml');
    if (documentElement !== null) return documentElement;
    throw new ParseError(problem);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw refused(checklist, { message: `it is no XML: ${visible(problem)}`, remedy, cause });
  }
}

/** In the order in which they begin. */
function elementsFrom(root: Element): Element[] {
  const below = Array.from(root.childNodes).filter((node) => node.nodeType === node.ELEMENT_NODE);
  return [root, ...below.flatMap((element) => elementsFrom(element as Element))];
}
