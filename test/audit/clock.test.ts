import { describe, expect, test } from 'vitest';
import { watchClock } from '../../src/audit/clock.ts';

const minute = 60_000;

/** Where a clock went back that stood at these minutes at lines 1, 2, 3 …, and at the last when it was asked. */
function setBacks(...minutes: number[]) {
  const clock = watchClock();
  minutes.slice(0, -1).forEach((at, index) => clock.see(index + 1, at * minute));
  return clock
    .setBacks((minutes.at(-1) ?? 0) * minute)
    .map(({ after, from, to }) => [after, from / minute, to / minute]);
}

describe('a clock was set back', () => {
  test.each<{ name: string; minutes: number[]; found: number[][] }>([
    { name: 'never', minutes: [10, 20, 30, 40], found: [] },
    { name: 'never, in an empty log', minutes: [10], found: [] },
    { name: 'by no more than lines of two processes may differ', minutes: [10, 20, 15, 20, 16], found: [] },
    { name: 'after a line', minutes: [10, 20, 14, 21, 22], found: [[2, 20, 14]] },
    {
      name: 'once, however many lines follow until it has caught up',
      minutes: [10, 90, 20, 30, 40],
      found: [[2, 90, 20]],
    },
    {
      name: 'twice, the second time before it has caught up',
      minutes: [90, 20, 30, 10, 40],
      found: [
        [1, 90, 20],
        [3, 30, 10],
      ],
    },
    { name: 'step by step', minutes: [20, 17, 14, 11, 21], found: [[2, 20, 14]] },
    { name: 'after the last line', minutes: [10, 20, 14], found: [[2, 20, 14]] },
  ])('$name', ({ minutes, found }) => {
    expect(setBacks(...minutes)).toEqual(found);
  });
});
