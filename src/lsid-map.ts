import type { Lsid, SessionId, Uid } from './session.ts';

/** What is kept of sessions, where nothing more may be put in. */
export type ReadonlyLsidMap<T> = Pick<LsidMap<T>, 'get' | 'has' | 'size' | 'values'>;

/** A map by whole lsids (T4). A key made of both halves would take longer, and for a million more room than the sessions. */
export class LsidMap<T> {
  readonly #byUid = new Map<Uid, Map<SessionId, T>>();
  #size = 0;

  constructor(entries: Iterable<readonly [Lsid, T]> = []) {
    for (const [lsid, value] of entries) this.set(lsid, value);
  }

  get size(): number {
    return this.#size;
  }

  get({ id, uid }: Lsid): T | undefined {
    return this.#byUid.get(uid)?.get(id);
  }

  has({ id, uid }: Lsid): boolean {
    return this.#byUid.get(uid)?.has(id) === true;
  }

  set({ id, uid }: Lsid, value: T): void {
    let ofUser = this.#byUid.get(uid);
    if (ofUser === undefined) this.#byUid.set(uid, (ofUser = new Map<SessionId, T>()));
    const before = ofUser.size;
    ofUser.set(id, value);
    this.#size += ofUser.size - before;
  }

  /** Takes one out, and says whether it was there. */
  delete({ id, uid }: Lsid): boolean {
    const found = this.#byUid.get(uid)?.delete(id) === true;
    if (found) this.#size -= 1;
    return found;
  }

  /** User by user. */
  *values(): Generator<T> {
    for (const ofUser of this.#byUid.values()) yield* ofUser.values();
  }
}
