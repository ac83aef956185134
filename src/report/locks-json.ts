import { z } from 'zod';
import type { Lock } from '../state/locks.ts';

const time = z.iso.datetime();

/** The shape of `reaper locks --json`. */
export const locksJson = z.strictObject({
  locks: z
    .array(
      z.strictObject({
        user: z.string(),
        until: time,
        reason: z.string(),
        made_at: time,
        override_exemptions: z.boolean(),
      }),
    )
    .describe('Expired ones too, until the user is unlocked or locked anew.'),
});

/** Takes the locks and returns the document that `reaper locks --json` prints. */
export function locksToJson(locks: readonly Lock[]): z.output<typeof locksJson> {
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    locks: locks.map(({ user, until, reason, made_at: madeAt, override_exemptions: overrides }) => ({
      user,
      until: iso(until),
      reason,
      made_at: iso(madeAt),
      override_exemptions: overrides,
    })),
  };
}
