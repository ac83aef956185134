import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { instant } from '../src/cli-values.ts';

describe('a time on the command line', () => {
  test.each<[text: string, at: number]>([
    ['2026-11-22T18:30:00Z', Date.UTC(2026, 10, 22, 18, 30)],
    ['2026-11-22T18:30Z', Date.UTC(2026, 10, 22, 18, 30)],
    ['2026-11-22T18:30:00.250Z', Date.UTC(2026, 10, 22, 18, 30, 0, 250)],
    ['2026-11-22T18:30:00-05:00', Date.UTC(2026, 10, 22, 23, 30)],
    ['2026-11-22T18:30+14:00', Date.UTC(2026, 10, 22, 4, 30)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('%s', (text, at) => {
    expect(instant(text)).toBe(at);
  });

  test.each([
    '2026-11-22T18:30:00',
    '2026-11-22',
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00+01:00',
    '2026-04-31T00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T18:60:00Z',
    '2026-11-22T18:30:60Z',
    '2026-11-22T18:30:00+25:00',
    '2026-11-22T18:30:00Z and more',
    '1795372200000',
    'tomorrow',
    '',
  ])('%j is refused, and said how it is written', (text) => {
    expect(() => instant(text)).toThrow(InvalidArgumentError);
    expect(() => instant(text)).toThrow('2026-11-22T18:30:00Z or 2026-11-22T18:30:00-05:00');
  });

  test('means what it means in a file of policy tests', () => {
    const parts = [
      '2026-02-28',
      '2026-02-29',
      '2028-02-29',
      '2026-11-31',
      '2026-12-31',
      '2026-00-10',
    ].flatMap((day) =>
      ['00:00:00', '23:59:59.999', '24:00:00', '12:60:00', '12:00'].flatMap((time) =>
        ['Z', '+01:00', '-23:59', '+24:00', '+0100', 'z', ''].map((offset) => `${day}T${time}${offset}`),
      ),
    );
    const inFiles = z.iso.datetime({ offset: true });
    const isTime = (text: string): boolean => {
      try {
        return instant(text) === Date.parse(text);
      } catch {
        return false;
      }
    };
    // There seconds are not left out.
    const whole = parts.filter((text) => !text.includes('T12:00Z') && !/T12:00[+-]/.test(text));
    expect(whole.filter(isTime)).toEqual(whole.filter((text) => inFiles.safeParse(text).success));
  });
});
