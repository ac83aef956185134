import { describe, expect, test } from 'vitest';
import { parseCrontab } from '../../../src/audit/schedule/crontab.ts';

const system = { hasUserColumn: true };
const users = { hasUserColumn: false };

describe('a crontab', () => {
  test('of the system has the user after the times', () => {
    expect(parseCrontab('*/5 * * * * reaper  reaper run --quiet\n', system)).toEqual([
      {
        line: 1,
        text: '*/5 * * * * reaper  reaper run --quiet',
        expression: '*/5 * * * *',
        user: 'reaper',
        command: 'reaper run --quiet',
        zone: undefined,
        isEnded: true,
      },
    ]);
  });

  test.each([
    ['17 *\t* * *\troot    reaper run', system, { expression: '17 *\t* * *', user: 'root' }],
    ['  @daily reaper reaper run', system, { expression: '@daily', user: 'reaper' }],
    ['-*/15 * * * * root reaper run', system, { expression: '*/15 * * * *', user: 'root' }],
    ['0 2 * * 1-5 reaper run', users, { expression: '0 2 * * 1-5', user: undefined }],
    ['@reboot reaper run', users, { expression: '@reboot', user: undefined }],
  ])('%j', (line, columns, parts) => {
    expect(parseCrontab(`${line}\n`, columns)).toEqual([
      expect.objectContaining({ ...parts, command: 'reaper run' }),
    ]);
  });

  test.each([
    '# */5 * * * * reaper run',
    '   # x',
    '',
    'MAILTO=dba@example.org',
    'A = "b c"',
    "'A'='*'",
    '* * *',
    '@daily',
  ])('starts nothing by %j', (line) => {
    expect(parseCrontab(`${line}\n`, users)).toEqual([]);
  });

  test('an equals sign in a command makes no variable of it', () => {
    const [entry] = parseCrontab('@daily POLICY=x reaper run\n* * * * * A=b reaper run\n', users);
    expect(entry).toMatchObject({ expression: '@daily', command: 'POLICY=x reaper run' });
  });

  test.each([
    ['reaper run --reason a%more input', 'reaper run --reason a'],
    [String.raw`date +\%F; reaper run`, 'date +%F; reaper run'],
    [String.raw`a \\ b%c`, String.raw`a \\ b`],
    ['%only input', ''],
  ])('the shell gets of %j what comes before a percent sign', (rest, command) => {
    expect(parseCrontab(`* * * * * ${rest}\n`, users)[0]?.command).toBe(command);
  });

  test('counts lines, keeps the zone from where it is set, and sees a line without an end', () => {
    const text =
      '# head\n@daily reaper run\nCRON_TZ="Europe/Berlin"\n\n@weekly reaper run\nCRON_TZ=\n@monthly reaper run';
    expect(parseCrontab(text, users).map(({ line, zone, isEnded }) => ({ line, zone, isEnded }))).toEqual([
      { line: 2, zone: undefined, isEnded: true },
      { line: 5, zone: 'Europe/Berlin', isEnded: true },
      { line: 7, zone: undefined, isEnded: false },
    ]);
  });
});
