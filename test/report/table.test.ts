import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { table, type Column } from '../../src/report/table.ts';
import { visible } from '../../src/report/visible.ts';

const columns: Column[] = [
  { heading: 'USER', most: 24 },
  { heading: 'SESSION', most: 8 },
  { heading: 'RESULT', most: 13 },
  { heading: 'WHY', most: 60 },
];
const { red } = picocolors.createColors(true);

const tooWide = (lines: readonly string[], width: number) =>
  lines.filter((line) => stringWidth(line) > width);

describe('a table', () => {
  test('is as wide as what is in it, and ends where the text ends', () => {
    const rows = [
      ['alice@admin', '01234567', 'ended', 'idle'],
      ['bob', '89abcdef', '', ''],
    ];
    expect(table(columns, rows, 80)).toEqual([
      'USER         SESSION   RESULT  WHY',
      'alice@admin  01234567  ended   idle',
      'bob          89abcdef',
    ]);
  });

  test('goes on below where a cell is too long', () => {
    const lines = table(columns, [['a'.repeat(30), 'x', 'ended', 'idle for 21m, limit 15m '.repeat(4)]], 80);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines[2]?.startsWith('aaaaaa ')).toBe(true);
    expect(tooWide(lines, 80)).toEqual([]);
  });

  test.each([
    ['CJK', '漢字'.repeat(30)],
    ['emoji', '😀👍🏽🇩🇪'.repeat(20)],
    ['musical', '!\u{1d160}  \u{1d160} !'],
    ['keycaps', '1\ufe0f\u20e3'.repeat(30)],
    ['combining', 'e\u0301'.repeat(100)],
    ['coloured', red('FAILED because of something '.repeat(5))],
    ['coloured CJK', red('漢字'.repeat(30))],
    ['one long word', 'x'.repeat(500)],
  ])('is no wider than it may be: %s', (_name, cell) => {
    for (const width of [40, 41, 59, 80, 120]) {
      const lines = table(columns, [[cell, cell, cell, cell]], width);
      expect(tooWide(lines, width)).toEqual([]);
    }
  });

  test('keeps the columns one below the other, whatever is in them', () => {
    const lines = table(
      columns,
      [
        ['漢字', '1', red('FAILED'), 'why'],
        ['plain', '2', 'ended', 'why'],
      ],
      80,
    );
    const starts = lines.map((line) => stringWidth(stripVTControlCharacters(line).replace(/(why|WHY)$/, '')));
    expect(new Set(starts).size).toBe(1);
  });

  test('loses nothing', () => {
    const rows = [['u'.repeat(100), 's'.repeat(50), 'r'.repeat(70), 'w'.repeat(300)]];
    const text = table(columns, rows, 40).slice(1).join('');
    const count = (letter: string) => text.split(letter).length - 1;
    expect(['u', 's', 'r', 'w'].map(count)).toEqual([100, 50, 70, 300]);
  });

  test('is never too wide for anything that is made visible', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 }).map(visible);
    const binary = fc.string({ unit: 'binary', maxLength: 40 }).map(visible);
    const row = fc.array(fc.oneof(cell, binary, cell.map(red)), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), fc.integer({ min: 40, max: 120 }), (rows, width) => {
        expect(tooWide(table(columns, rows, width), width)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  }, 30_000);
});
