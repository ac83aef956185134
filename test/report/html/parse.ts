import { DOMParser, onWarningStopParsing, type Document, type Element } from '@xmldom/xmldom';

/** Reads a page as XML, which forgives nothing: what is not closed, quoted or escaped is an error. */
export function parsePage(page: string): Document {
  const text = page.replace(/^<!doctype html>/, '');
  return new DOMParser({ onError: onWarningStopParsing }).parseFromString(text, 'text/xml');
}

/** All elements of that name below, in order; of any name with `*`. */
export function all(node: Document | Element, name: string): Element[] {
  return [...node.getElementsByTagName(name)];
}

/** The text of each element of that name, with single spaces. */
export function texts(node: Document | Element, name: string): string[] {
  return all(node, name).map(textOf);
}

export function textOf(element: Element): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** The part of the page with that id. */
export function part(page: Document, id: string): Element {
  const found = page.getElementById(id);
  if (!found) throw new Error(`the page has no part ${id}`);
  return found;
}

/** The cells of the table with that caption, row by row. */
export function cellsOf(page: Document, caption: string): string[][] {
  const scroll = all(page, 'div').find((element) => element.getAttribute('aria-label') === caption);
  if (!scroll) throw new Error(`the page has no table ${caption}`);
  return all(scroll, 'tr').map((row) =>
    [...row.childNodes]
      .filter((node) => node.nodeName === 'th' || node.nodeName === 'td')
      .map((cell) => textOf(cell as Element)),
  );
}
