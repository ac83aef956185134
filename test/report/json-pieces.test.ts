import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from '../../src/report/json-pieces.ts';
import { jsonText } from '../../src/report/visible.ts';

test('together the pieces are what the whole would be', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.array(fc.jsonValue({ stringUnit: 'binary' })),
      (head, sessions) => {
        const { sessions: _none, ...rest } = head;
        const report = { ...rest, sessions };
        expect([...jsonPieces(report)].join('')).toBe(jsonText(report));
      },
    ),
  );
});

test('no piece holds much, and no session is made before its turn', () => {
  let made = 0;
  const sessions = {
    *[Symbol.iterator]() {
      for (; made < 10_000; made++) yield { user: 'alice@admin', number: made };
    },
  };
  let printed = 0;
  for (const piece of jsonPieces({ sessions })) {
    printed += piece.length;
    expect(piece.length).toBeLessThan(66_000);
    // As many as are printed, and those of this piece.
    expect(made * 50).toBeLessThan(printed + 66_000);
  }
  expect(made).toBe(10_000);
});
