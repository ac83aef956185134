import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesis, seal } from '../../src/audit/chain.ts';
import { entryOf, type AuditEvent } from '../../src/audit/event.ts';
import { auditLogFile } from '../../src/audit/log-files.ts';
import { openRunBook } from '../../src/audit/run-book.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { idOf, uidOf } from '../support/builders.ts';

export const policySha256 = 'a'.repeat(64);
const members = ['m1:27017', 'm2:27017', 'm3:27017'];

/** One run, as it comes into the log. */
export interface LoggedRun {
  /** ms since the epoch. */
  readonly at: number;
  readonly exitCode?: number;
  readonly mode?: 'enforce' | 'report';
  readonly byHand?: boolean;
  /** For one user or session. */
  readonly only?: boolean;
  readonly sha256?: string;
  readonly actions?: readonly string[];
  readonly membersSilent?: readonly string[];
  /** Sessions of alice’s by number, with what became of each; `planned` and `attempted` are as far as it came. */
  readonly sessions?: Readonly<
    Record<number, 'planned' | 'attempted' | 'ended' | 'killed' | 'failed' | 'in_doubt' | 'spared'>
  >;
  readonly exceeded?: readonly string[];
  /** Numbers of sessions seen to have left the listing. */
  readonly gone?: readonly number[];
  /** Where it was cut off: nothing after it. */
  readonly cutAfter?: 'run-started' | 'plan' | 'attempt' | 'outcome';
  /** It broke off before it could begin, as without any member. */
  readonly brokeOff?: boolean;
  /** It broke off after it had begun, so without counts. */
  readonly brokeOffLate?: boolean;
  /** Whether it came so far as to send something. */
  readonly attempts?: boolean;
  /** Instead of those that its sessions give. */
  readonly counts?: Readonly<Record<string, number>>;
}

const user = 'alice@admin';
const uid = uidOf(user);
let runs = 0;

/** Writes these runs as reaper does, with a clock that stands where each of them says; returns the folder. */
export async function aLog(logged: readonly LoggedRun[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'reaper-log-'));
  let head = genesis;
  const lines = logged.flatMap((run) =>
    eventsOf(run).map((event) => {
      const sealed = seal(entryOf(event, new Date(run.at), head.sequence + 1), head);
      ({ head } = sealed);
      return `${sealed.line}\n`;
    }),
  );
  await writeFile(auditLogFile(dir), lines.join(''));
  return dir;
}

/** Writes these runs and reads them back, within a window that begins at `since` (ms since the epoch). */
export async function aBook(logged: readonly LoggedRun[], since = 0) {
  const dir = await aLog(logged);
  const book = openRunBook(since);
  const chain = await verifyLog(dir, {}, (line) => book.add(line));
  return { dir, book, chain };
}

function eventsOf(run: LoggedRun): AuditEvent[] {
  const run_id = `00000000-0000-4000-8000-${String((runs += 1)).padStart(12, '0')}`;
  const { exitCode = 0, mode = 'enforce', sessions = {}, sha256 = policySha256, exceeded = [] } = run;
  const { actions = ['listSessions', 'inprog', 'killAnySession'], membersSilent = [], gone = [] } = run;
  if (run.brokeOff === true) {
    return [
      {
        action: 'run-completed',
        outcome: 'failure',
        reaper: { run_id, by_hand: run.byHand ?? false, exit_code: exitCode, error: 'unreachable' },
      },
    ];
  }
  const all = Object.entries(sessions).map(([number, state]) => ({ id: idOf(Number(number)), state }));
  const events: AuditEvent[] = [
    {
      action: 'run-started',
      outcome: 'success',
      reaper: {
        run_id,
        mode,
        by_hand: run.byHand ?? false,
        only: run.only ?? false,
        policy: { name: 'p', sha256 },
        deployment: { topology: 'replica-set', name: 'rs0' },
        members: members.map((address) => ({ address, role: 'secondary' })),
        account: ['reaper@admin'],
        actions: [...actions],
      },
    },
    ...gone.map((number): AuditEvent => ({
      action: 'confirmed-gone',
      outcome: 'success',
      reaper: { run_id, uid, user, sessions: [{ id: idOf(number) }], outcome: 'killed' },
    })),
    {
      action: 'plan',
      outcome: 'success',
      reaper: {
        run_id,
        exceeded,
        already_ended: [],
        users:
          all.length === 0
            ? []
            : [{ uid, user, by: 'sessions', sessions: all.map(({ id }) => ({ id, rule: 'idle' })) }],
      },
    },
    ...(run.attempts === false
      ? []
      : [
          {
            action: 'attempt' as const,
            outcome: 'unknown' as const,
            reaper: {
              ...{ run_id, uid, user, by: 'sessions', members },
              session_ids: all
                .filter(({ state }) => state !== 'planned' && state !== 'spared')
                .map(({ id }) => id),
            },
          },
        ]),
    ...all
      .filter(({ state }) => state !== 'planned' && state !== 'attempted')
      .map(({ id, state }): AuditEvent => ({
        action: 'outcome',
        outcome: 'success',
        reaper: {
          ...{ run_id, rule: 'idle', outcome: state, looked_at: new Date(run.at).toISOString() },
          ...{ uid, user, sessions: [{ id }] },
          members: members.map((address) => ({ address, ok: true })),
        },
      })),
    {
      action: 'run-completed',
      outcome: exitCode === 0 ? 'success' : 'failure',
      reaper: {
        run_id,
        exit_code: exitCode,
        ...(run.brokeOffLate === true && { error: 'stopped' }),
        counts:
          run.brokeOffLate === true
            ? undefined
            : { ...countsOf(all.map(({ state }) => state)), ...run.counts },
        members_silent: membersSilent,
      },
    },
  ];
  const end = events.findLastIndex(({ action }) => action === run.cutAfter);
  return end === -1 ? events : events.slice(0, end + 1);
}

function countsOf(states: readonly string[]): Record<string, number> {
  const count = (state: string): number => states.filter((each) => each === state).length;
  const names = ['ended', 'killed', 'failed', 'in_doubt', 'spared'];
  return {
    listed: 10,
    terminate: states.length,
    ...Object.fromEntries(names.map((name) => [name, count(name)])),
  };
}
