import { html, type Content, type Markup } from './escape.ts';
import { grouped } from './words.ts';

interface Table {
  readonly caption: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Content[])[];
  /** The last row, with the totals. */
  readonly total?: readonly Content[];
}

/** On paper a table of no more rows than these is not parted. */
const mostKeptWhole = 10;

/** A table whose first column names the row; it scrolls in itself where it is too wide. Numbers stand right. */
export function table({ caption, headings, rows, total }: Table): Markup {
  const numeric = headings.map((_, at) => rows.every((row) => typeof row[at] === 'number'));
  const numberClass = (at: number): string => (numeric[at] === true ? 'number' : 'words');
  const line = (cells: readonly Content[]): Markup =>
    html`<tr>
      ${cells.map((cell, at) =>
        at === 0
          ? html`<th scope="row" class="${numberClass(at)}">${shown(cell)}</th> `
          : html`<td class="${numberClass(at)}${cell === 0 ? ' zero' : ''}">${shown(cell)}</td> `,
      )}
    </tr> `;
  return html`
    <figure class="${rows.length > mostKeptWhole ? 'long' : 'whole'}">
      <figcaption>${caption}</figcaption>
      <div class="scroll" role="region" tabindex="0" aria-label="${caption}">
        <table>
          <thead>
            <tr>
              ${headings.map((heading, at) => html`<th scope="col" class="${numberClass(at)}">${heading}</th> `)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(line)}
          </tbody>
          ${
            total &&
            html`<tfoot>
              ${line(total)}
            </tfoot>`
          }
        </table>
      </div>
    </figure>
  `;
}

function shown(cell: Content): Content {
  return typeof cell === 'number' ? grouped(cell) : cell;
}
