import fc from 'fast-check';

/** One change of a file, at a place that is taken modulo its length. */
export type ByteMutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'double'; readonly at: number; readonly length: number; readonly to: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: Uint8Array }
  | { readonly kind: 'overwrite'; readonly at: number; readonly text: Uint8Array };

/** What means something in YAML, in some version of it, or to some reader of text. */
const snippets = [
  ...'\t \n\r\0"\'#&*!|>%@`?:-,[]{}~=0129',
  ...[
    ': ',
    '- ',
    '\n- ',
    '\n\n',
    '\r\n',
    ' #',
    '&a ',
    '*a',
    '!!binary ',
    '!!js/function ',
    '<<: *a\n',
    '<<: ',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    'yes',
    'no',
    'on',
    'null',
    'true',
    '010',
    '0o17',
    '0x10',
    '1e3',
    '.inf',
  ],
  ...['1_000', '2026-10-01', '12:30:45', '__proto__: 1\n', 'mode: report\n', 'not: ', 'any_of: ', '[]', '{}'],
  ...['\u0085', '\u2028', '\ufeff', '\u202e', '\u200b', '\u00ad', '\u3164', 'é', '漢', '😀'],
].map((text) => new TextEncoder().encode(text));

const at = fc.nat(5000);
const length = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 200 }));
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...snippets) },
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
);

export const aByteMutation: fc.Arbitrary<ByteMutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('cut' as const), at, length }),
  fc.record({ kind: fc.constant('double' as const), at, length, to: at }),
  fc.record({ kind: fc.constant('insert' as const), at, text }),
  fc.record({ kind: fc.constant('overwrite' as const), at, text }),
);

/** Takes the bytes of a file and returns them with this change. */
export function mutatedBytes(bytes: Uint8Array, mutation: ByteMutation): Uint8Array {
  const start = mutation.at % (bytes.length + 1);
  const spliced = (from: number, to: number, added: Uint8Array): Uint8Array =>
    Buffer.concat([bytes.subarray(0, from), added, bytes.subarray(to)]);
  if (mutation.kind === 'flip')
    return spliced(start, start + 1, Uint8Array.of((bytes[start] ?? 0) ^ (1 << mutation.bit)));
  if (mutation.kind === 'cut') return spliced(start, start + mutation.length, new Uint8Array());
  if (mutation.kind === 'double') {
    const to = mutation.to % (bytes.length + 1);
    return spliced(to, to, bytes.subarray(start, start + mutation.length));
  }
  const end = mutation.kind === 'insert' ? start : start + mutation.text.length;
  return spliced(start, end, mutation.text);
}
