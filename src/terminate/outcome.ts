import type { Session } from '../session.ts';

/** What became of a session that a plan names. */
export type OutcomeName = 'ended' | 'killed' | 'already_ended' | 'spared' | 'failed' | 'in_doubt';

/** What one member has to do with an outcome. */
interface MemberResult {
  readonly address: string;
  readonly ok: boolean;
  readonly error?: string | undefined;
}

/** The outcome of one session, and why it is that. */
export interface Outcome {
  readonly outcome: OutcomeName;
  readonly because: string;
  readonly members: readonly MemberResult[];
  /** Its client has used it since the kill, so a later run must judge it afresh. */
  readonly usedAgain?: boolean;
}

/** How one member took the kill. `unreached`: nothing was sent to it. */
export interface KillResult {
  readonly address: string;
  readonly kind: 'done' | 'refused' | 'in-doubt' | 'unreached';
  readonly message?: string | undefined;
}

/** What the look after the kill showed of one session. */
export interface Aftersight {
  /** Members that did not answer this look. */
  readonly silentMembers: readonly string[];
  /** What the session already held before the kill, and still does. */
  readonly survivors: readonly string[];
  /** Whether somebody has used the session since. */
  readonly usedAgain: boolean;
}

/** What `endSessions` did for a session, or why it was not sent. */
export type EndResult =
  { readonly kind: 'acknowledged' } | { readonly kind: 'not-ended'; readonly why: string };

/** Takes a session before the kill and after it, and returns what the look saw. `after` is undefined if nothing shows it. */
export function aftersightOf(
  before: Session,
  after: Session | undefined,
  look: { readonly lookedAt: number; readonly silentMembers: readonly string[] },
): Aftersight {
  const heldBefore = new Set(before.held);
  const survivors = (after?.held ?? []).filter((thing) => heldBefore.has(thing));
  const opened = (after?.held.length ?? 0) > survivors.length;
  const isSince = (at: number | undefined): boolean => at !== undefined && at > look.lookedAt;
  // The use that the look before the kill already showed is none since.
  // Of each member by itself: the clock of one that is ahead must not hide a use on another.
  const known = new Set(before.local.map(({ member, at }) => `${member} ${at}`));
  const usedLocally =
    after?.local.some(({ member, at }) => isSince(at) && !known.has(`${member} ${at}`)) === true;
  // A refresh between the two looks empties the local lists. Where nothing waited there for it, what it wrote
  // is a use since; else it may be the one that was known (L2), and an old use must not look like a new one.
  const wasFlushed = isSince(after?.flushed) && after?.flushed !== before.flushed;
  const usedAndFlushed = before.local.length === 0 && wasFlushed;
  const usedAgain = opened || usedLocally || usedAndFlushed;
  return { silentMembers: look.silentMembers, survivors, usedAgain };
}

/**
 * Says of a session whether it is ended (T9, T11). Only what every member confirmed and the look shows gone
 * counts; an answer that was lost is in doubt, never assumed.
 */
export function outcomeOf(kills: readonly KillResult[], after: Aftersight, end: EndResult): Outcome {
  const members = kills.map(({ address, kind, message }): MemberResult =>
    kind === 'done' ? { address, ok: true } : { address, ok: false, error: message },
  );
  const say = (outcome: OutcomeName, because: string): Outcome => ({ outcome, because, members });
  const those = (kind: KillResult['kind']): string =>
    kills
      .filter((kill) => kill.kind === kind)
      .map((kill) => `${kill.address} (${kill.message})`)
      .join(', ');

  if (kills.some(({ kind }) => kind === 'refused'))
    return say('failed', `the kill was refused by ${those('refused')}`);
  if (after.survivors.length > 0) {
    return say('failed', `still there after the kill: ${some(after.survivors)}; ${whyAlive(kills, those)}`);
  }
  if (kills.some(({ kind }) => kind === 'in-doubt'))
    return say('in_doubt', `no answer to the kill from ${those('in-doubt')}`);
  if (kills.some(({ kind }) => kind === 'unreached'))
    return say('failed', `the kill could not be sent to ${those('unreached')}`);
  if (after.silentMembers.length > 0) {
    return say('in_doubt', `killed, but ${after.silentMembers.join(', ')} could not be looked at afterwards`);
  }
  if (after.usedAgain)
    return { ...say('killed', 'its client has used it again, so it stays listed'), usedAgain: true };
  if (end.kind === 'not-ended') return say('killed', `stays listed until the server expires it: ${end.why}`);
  return say('ended', 'nothing runs in it on any member, and it leaves the listing at the next refresh');
}

/** Whoever leaves thousands of cursors open is not to fill the log with their names. */
function some(names: readonly string[]): string {
  const most = 5;
  const more = names.length - most;
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function whyAlive(kills: readonly KillResult[], those: (kind: KillResult['kind']) => string): string {
  if (kills.some(({ kind }) => kind === 'in-doubt')) return `no answer to the kill from ${those('in-doubt')}`;
  if (kills.some(({ kind }) => kind === 'unreached'))
    return `the kill could not be sent to ${those('unreached')}`;
  return 'it has not noticed the kill yet, or is a prepared transaction, which no command kills';
}
