import type { MemberErrors } from './look.ts';

/** Which members failed in the looks of one run so far; by address, in their words. */
export interface MemberWatch {
  /** Takes what another look came to. */
  readonly see: (look: MemberErrors) => void;
  /** All that failed, for the report. */
  readonly errors: ReadonlyMap<string, string>;
  /** Who was waited for in vain, and is not asked again: what the others say would be old by then. */
  readonly hanging: ReadonlyMap<string, string>;
  /** Who is sent no kill any more: also one whose answer to a kill was lost, which is still looked at. */
  readonly lost: Map<string, string>;
}

/** Begins with the listing, after which a member that only answered with an error gets another chance. */
export function watchMembers(listing: MemberErrors): MemberWatch {
  const errors = new Map(listing.errors);
  const hanging = new Map<string, string>();
  const lost = new Map<string, string>();
  const lose = ({ errors: words, hanging: addresses }: MemberErrors): void => {
    for (const address of addresses) hanging.set(address, words.get(address) ?? 'no answer');
    for (const [address, error] of hanging) lost.set(address, error);
  };
  lose(listing);
  return {
    see(look) {
      lose(look);
      for (const [address, error] of look.errors) {
        errors.set(address, error);
        lost.set(address, error);
      }
    },
    errors,
    hanging,
    lost,
  };
}
