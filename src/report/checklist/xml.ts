import { DOMImplementation, XMLSerializer, type Document, type Element } from '@xmldom/xmldom';

/** An element to write: its name, what is in it, its attributes. */
export interface Xml {
  readonly name: string;
  readonly content: string | readonly Xml[];
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Takes a name and what is in it, a text or elements, and returns the element. */
export function xml(name: string, content: Xml['content'] = '', attributes: Xml['attributes'] = {}): Xml {
  return { name, content, attributes };
}

/** Takes the root and returns the document, an element a line. Texts must be fit for XML (`harmless`). */
export function xmlDocument(root: Xml): string {
  const document = new DOMImplementation().createDocument(null, '');
  document.appendChild(written(root, document, '\n'));
  const text = new XMLSerializer().serializeToString(document, { requireWellFormed: true });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`;
}

function written({ name, content, attributes = {} }: Xml, document: Document, before: string): Element {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (typeof content === 'string') {
    if (content !== '') element.appendChild(document.createTextNode(content));
    return element;
  }
  for (const child of content) {
    element.appendChild(document.createTextNode(`${before}  `));
    element.appendChild(written(child, document, `${before}  `));
  }
  if (content.length > 0) element.appendChild(document.createTextNode(before));
  return element;
}

/** Takes a text and returns it as XML writes it between two tags. */
export function xmlText(text: string): string {
  const document = new DOMImplementation().createDocument(null, '');
  return new XMLSerializer().serializeToString(document.createTextNode(text));
}
