import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { CheckItem } from '../../src/report/check-items.ts';
import { checkToJson, checkToText } from '../../src/report/check.ts';
import { styleFor } from '../../src/report/style.ts';
import { oddNames } from './a-run-result.ts';

const ok: CheckItem = { level: 'ok', topic: 'policy', message: 'fine' };
const warning: CheckItem = { level: 'warning', topic: 'clock', message: 'late' };
const error: CheckItem = {
  level: 'error',
  topic: 'member m2',
  message: 'does not answer',
  remedy: 'start it',
};

describe('reaper check', () => {
  test('shows each item with its remedy, and counts them', () => {
    expect(checkToText([ok, warning, error], true, styleFor({}, {}))).toEqual([
      'ok       policy: fine',
      'warning  clock: late',
      'error    member m2: does not answer',
      '         → start it',
      '',
      '1 error · 1 warning · policy and deployment checked',
    ]);
  });

  test('is no wider than 80 and obeys no name', () => {
    const items = oddNames.map((name): CheckItem => ({ ...error, message: name, remedy: name }));
    const lines = checkToText(items, false, styleFor({}, {}));
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test.each([
    { problems: 0, items: [ok, warning], isOk: true },
    { problems: 0, items: [ok, error], isOk: false },
    { problems: 1, items: [ok], isOk: false },
  ])('as JSON is ok without problems and errors: $isOk', ({ problems, items, isOk }) => {
    const place = { file: 'p.yaml', line: 3, column: 5 };
    const found = Array.from({ length: problems }, () => ({ place, path: 'rules', message: 'wrong' }));
    expect(checkToJson('p.yaml', found as never, items)).toMatchObject({
      ok: isOk,
      problems: found.map(() => ({ line: 3, column: 5, message: 'wrong' })),
      items: items.map(({ level, topic }) => ({ level, topic })),
    });
  });
});
