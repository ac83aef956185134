import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** A length of time in a policy, parsed to ms. */
export const duration = z
  .string({ error: 'expected a number with its unit, as 15m, 1h30m or 90s' })
  // For editors, which cannot ask `parseDuration`.
  .meta({ pattern: String.raw`^(?=.)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$` })
  .transform((text, context) => {
    const millis = parseDuration(text);
    if (millis !== undefined) return millis;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is no duration; write whole numbers, each with its unit d, h, m or s, in this order, as 15m, 1h30m or 90s, from 1s to 3650d`,
    });
    return z.NEVER;
  })
  .describe('A length of time: days, hours, minutes, seconds, as `90s`, `15m`, `1h30m`, `1d`.');
