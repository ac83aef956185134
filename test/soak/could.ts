/** Which answers reaper could have found, as far as somebody outside of it can tell: at least one. */
export interface Could {
  readonly yes: boolean;
  readonly no: boolean;
  readonly unknown: boolean;
}

export const surely = { yes: true, no: false, unknown: false };
export const surelyNot = { yes: false, no: true, unknown: false };

export const isSurely = ({ yes, no, unknown }: Could): boolean => yes && !no && !unknown;

export const opposite = ({ yes, no, unknown }: Could): Could => ({ yes: no, no: yes, unknown });

/** What a conjunction could be (Kleene); none of its parts is asked about the others, so it may say too much. */
export function allOf(parts: readonly Could[]): Could {
  return {
    yes: parts.every(({ yes }) => yes),
    no: parts.some(({ no }) => no),
    unknown: parts.some(({ unknown }) => unknown) && parts.every(({ yes, unknown }) => yes || unknown),
  };
}

export function anyOf(parts: readonly Could[]): Could {
  return opposite(allOf(parts.map(opposite)));
}
