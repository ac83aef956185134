/** What this reader does not know of YAML: texts with it are nobody’s to compare. */
export class BeyondMe extends Error {}

interface Line {
  readonly indent: number;
  readonly text: string;
}

/**
 * A second reading of YAML, to hold the first against: only what a careful person writes by hand, one line at a
 * time. Block maps and lists, flow ones on one line, quotes, comments, plain scalars. Throws `BeyondMe` for the rest.
 */
export function readSmallYaml(text: string): unknown {
  const lines = text.split(/\r?\n/).flatMap((line): Line[] => {
    const content = withoutComment(line).trimEnd();
    if (content === '') return [];
    if (/\t|^(%|---|\.\.\.)/.test(content)) throw new BeyondMe(content);
    const indent = content.search(/[^ ]/);
    return [{ indent, text: content.slice(indent) }];
  });
  if (lines.length === 0) return null;
  const rest = [...lines];
  const value = readBlock(rest, rest[0]?.indent ?? 0);
  if (rest.length > 0) throw new BeyondMe('indentation');
  return value;
}

/** `#` begins a comment at the start of a line or after a space, outside of quotes. */
function withoutComment(line: string): string {
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    const before = line[at - 1] ?? ' ';
    if (quote !== undefined) {
      if (character === '\\' && quote === '"') at++;
      else if (character === quote) quote = undefined;
    } else if ((character === '"' || character === "'") && /[\s[{,:-]/.test(before)) quote = character;
    else if (character === '#' && /\s/.test(before)) return line.slice(0, at);
  }
  if (quote !== undefined) throw new BeyondMe('a quote that goes on');
  return line;
}

function readBlock(lines: Line[], indent: number): unknown {
  const [first] = lines;
  if (first === undefined) return null;
  if (isItem(first.text)) return readList(lines, indent);
  if (keyOf(first.text) !== undefined) return readMap(lines, indent);
  lines.shift();
  if (lines[0] !== undefined && lines[0].indent >= indent) throw new BeyondMe('several lines');
  return readFlow(first.text);
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ');

function readList(lines: Line[], indent: number): unknown[] {
  const items: unknown[] = [];
  for (let [line] = lines; line !== undefined && line.indent === indent; [line] = lines) {
    if (!isItem(line.text)) break;
    const content = line.text.slice(1).trimStart();
    if (content === '') {
      lines.shift();
      items.push(readNested(lines, indent + 1));
    } else {
      const inner = indent + line.text.length - content.length;
      lines[0] = { indent: inner, text: content };
      items.push(readBlock(lines, inner));
    }
  }
  if (lines[0] !== undefined && lines[0].indent > indent) throw new BeyondMe('indentation');
  return items;
}

function readNested(lines: Line[], least: number): unknown {
  const [next] = lines;
  return next === undefined || next.indent < least ? null : readBlock(lines, next.indent);
}

function readMap(lines: Line[], indent: number): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (let [line] = lines; line !== undefined && line.indent === indent; [line] = lines) {
    const found = keyOf(line.text);
    if (found === undefined) throw new BeyondMe(line.text);
    lines.shift();
    const next = lines[0];
    if (found.rest !== '') {
      if (next !== undefined && next.indent > indent) throw new BeyondMe('several lines');
      entries.push([found.key, readFlow(found.rest)]);
    } else {
      const mayBeSame = next !== undefined && next.indent === indent && isItem(next.text);
      entries.push([found.key, mayBeSame ? readList(lines, indent) : readNested(lines, indent + 1)]);
    }
  }
  return mapOf(entries);
}

function mapOf(entries: readonly [string, unknown][]): Record<string, unknown> {
  const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) {
    if (key in map) throw new BeyondMe(`${key} twice`);
    map[key] = value;
  }
  return map;
}

/** `key:` or `key: value` at the start of a line. */
function keyOf(text: string): { key: string; rest: string } | undefined {
  const [, key, rest] = /^([A-Za-z0-9][\w -]*?|'[^']*'|"[^"\\]*") *:(?: +(.*))?$/.exec(text) ?? [];
  if (key === undefined) return undefined;
  return { key: /^['"]/.test(key) ? key.slice(1, -1) : key, rest: rest ?? '' };
}

/** A value on one line. */
function readFlow(text: string): unknown {
  const reader = { text, at: 0 };
  const value = readValue(reader, false);
  skipSpace(reader);
  if (reader.at < text.length) throw new BeyondMe(text);
  return value;
}

interface Reader {
  readonly text: string;
  at: number;
}

function skipSpace(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at++;
}

function readValue(reader: Reader, within: boolean): unknown {
  skipSpace(reader);
  const first = reader.text[reader.at];
  if (first === '[') return readItems(reader, ']', () => readValue(reader, true));
  if (first === '{') return mapOf(readItems(reader, '}', () => readPair(reader)));
  if (first === "'" || first === '"') return readQuoted(reader, first);
  return readPlain(reader, within);
}

function readItems<T>(reader: Reader, end: string, read: () => T): T[] {
  const items: T[] = [];
  reader.at++;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] === end) break;
    items.push(read());
    skipSpace(reader);
    if (reader.text[reader.at] === ',') reader.at++;
    else if (reader.text[reader.at] !== end) throw new BeyondMe(reader.text);
  }
  reader.at++;
  return items;
}

function readPair(reader: Reader): [string, unknown] {
  const [all, key = ''] =
    /^([A-Za-z][\w-]*|'[^']*'|"[^"\\]*") *:(?= )/.exec(reader.text.slice(reader.at)) ?? [];
  if (all === undefined) throw new BeyondMe(reader.text);
  reader.at += all.length;
  skipSpace(reader);
  if (/[,}]/.test(reader.text[reader.at] ?? ',')) throw new BeyondMe(reader.text);
  return [/^['"]/.test(key) ? key.slice(1, -1) : key, readValue(reader, true)];
}

function readQuoted(reader: Reader, quote: string): string {
  const pattern = quote === "'" ? /^'((?:[^']|'')*)'/ : /^"([^"\\]*)"/;
  const [all, content = ''] = pattern.exec(reader.text.slice(reader.at)) ?? [];
  if (all === undefined) throw new BeyondMe(reader.text);
  reader.at += all.length;
  return content.replaceAll("''", quote === "'" ? "'" : "''");
}

function readPlain(reader: Reader, within: boolean): unknown {
  const rest = reader.text.slice(reader.at);
  const [found = ''] = (within ? /^[^,[\]{}]+/ : /^.+/).exec(rest) ?? [];
  const text = found.trim();
  if (text === '' || /^[-?:,[\]{}#&*!|>'"%@`]/.test(text) || /:( |$)/.test(text)) throw new BeyondMe(rest);
  reader.at += found.length;
  if (/^(null|Null|NULL|~)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text;
}
