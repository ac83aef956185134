import { describe, expect, test } from 'vitest';
import { cronOf } from '../../../src/audit/schedule/calendar.ts';

describe('a calendar expression of systemd in cron’s words', () => {
  test.each([
    ['*-*-* *:00/5:00', '0-59/5 * * * *'],
    ['*-*-* *:00:00', '0 * * * *'],
    ['*-*-* *:00,30:00', '0,30 * * * *'],
    ['*-*-* 00:00:00', '0 0 * * *'],
    ['*-*-* 00/6:00:00', '0 0-23/6 * * *'],
    ['*-*-* 08..18/2:15:00', '15 8-18/2 * * *'],
    ['*-02..06-* 08..18:30:00', '30 8-18 * 2-6 *'],
    ['*-01,04,07,10-01 00:00:00', '0 0 1 1,4,7,10 *'],
    ['*-01/3-01 00:00:00', '0 0 1 1-12/3 *'],
    ['Mon..Fri *-*-* 02:00/5:00', '0-59/5 2 * * 1-5'],
    ['Sat,Sun *-*-* 03:00:00', '0 3 * * 6,7'],
    ['*-*-* 02:00:30', '0 2 * * *'],
  ])('%s', (calendar, expression) => {
    expect(cronOf(calendar)).toEqual({ expression, zone: undefined });
  });

  test('keeps the zone', () => {
    expect(cronOf('*-*-* 00:00:00 Europe/Berlin')).toEqual({
      expression: '0 0 * * *',
      zone: 'Europe/Berlin',
    });
  });

  test.each([
    '2026-*-* 01:00:00',
    '*-*~03 01:00:00',
    '*-*-* *:*:00/10',
    'Mon *-*-01..07 03:00:00',
    'Foo *-*-* 03:00:00',
    '*-*-* 25x:00:00',
    'daily',
    '',
  ])('cannot be said of %j', (calendar) => {
    expect(cronOf(calendar)).toBeUndefined();
  });
});
