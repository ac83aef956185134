import {
  Binary,
  MongoServerError,
  MongoServerSelectionError,
  UUID,
  type Document,
  type MongoClient,
} from 'mongodb';
import { noAuditLog } from '../../src/audit/audit-log.ts';
import { outcomeEvents } from '../../src/audit/session-events.ts';
import type { AuditEvent } from '../../src/audit/event.ts';
import { decide } from '../../src/decide/decide.ts';
import { makeContext } from '../../src/decide/make-context.ts';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { makePlan, makePlanAsListed } from '../../src/plan/plan.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { keyOf, parseSessionId, parseUid, type Uid } from '../../src/session.ts';
import type { Snapshot } from '../../src/snapshot.ts';
import type { TerminateRun } from '../../src/terminate/terminate.ts';
import { someFacts } from '../support/builders.ts';

/** How a member takes a command: it does it, says no, breaks the connection before the answer, or is not found. */
export type Take = 'done' | 'refused' | 'lost' | 'unfound';

/**
 * All that a run meets, written down beforehand. It stands for the driver alone, since no real server takes
 * commands in each of these ways when it is told to; what real ones do is tested in integration and faults.
 */
export interface Script {
  readonly policy: Pick<Policy, 'rules' | 'exemptions' | 'timeIntervals'>;
  /** What the looks show, one after the other; the last one stays. */
  readonly looks: readonly (Snapshot | 'fails')[];
  /** By address, with how each takes a kill; `unreached` was lost before. */
  readonly members?: Readonly<Record<string, Take | 'unreached'>>;
  /** How the primary takes `endSessions`. */
  readonly ends?: Take;
  readonly endSessions?: boolean;
  readonly topology?: Deployment['topology'];
  readonly membersComplete?: boolean;
  readonly mayEnd?: boolean;
  /** The stage before which the run is asked to stop, or while it looks. */
  readonly stopsAt?: Parameters<TerminateRun['onStage']>[0] | 'during the look' | undefined;
  /** Members that are found lost by the look of this number, from 0. */
  readonly lostIn?: Readonly<Record<number, string>>;
}

/** What came of it, in its order. */
export type Step =
  | { readonly step: 'look'; readonly uids: readonly Uid[]; readonly usedSince: number | undefined }
  | { readonly step: 'record'; readonly event: AuditEvent }
  | {
      readonly step: 'kill';
      readonly address: string;
      readonly uids: string[];
      readonly keys: string[];
      readonly comment: unknown;
    }
  | { readonly step: 'end'; readonly address: string; readonly keys: string[]; readonly comment: unknown };

export function scriptedRun(script: Script) {
  const { members = { m1: 'done' }, ends = 'done', mayEnd = true } = script;
  const steps: Step[] = [];
  const stages: string[] = [];
  const clientOf = (address: string, take: Take): MongoClient => {
    const command = async (sent: Document): Promise<Document> => {
      const {
        killAllSessionsByPattern: kill,
        comment,
      }: { killAllSessionsByPattern?: Document[]; comment?: unknown } = sent;
      if (kill === undefined)
        steps.push({ step: 'end', address, keys: sent['endSessions'].map(keyOfSent), comment });
      else {
        const uids = kill.flatMap(({ uid }) => (uid === undefined ? [] : [uidOfSent(uid)]));
        const keys = kill.flatMap(({ lsid }) => (lsid === undefined ? [] : [keyOfSent(lsid)]));
        steps.push({ step: 'kill', address, uids, keys, comment });
      }
      const answer = kill === undefined ? ends : take;
      if (answer === 'refused') throw new MongoServerError({ message: 'not authorized', code: 13 });
      if (answer === 'unfound')
        throw new MongoServerSelectionError('connection refused', { reason: null } as never);
      if (answer === 'lost') throw new Error('connection closed');
      return { ok: 1 };
    };
    return { db: () => ({ command }) } as unknown as MongoClient;
  };

  const addresses = Object.entries(members).map(([address, take]) => ({
    address,
    client: clientOf(address, take === 'unreached' ? 'done' : take),
    error: take === 'unreached' ? 'ECONNREFUSED' : undefined,
  }));
  const deployment = {
    topology: script.topology ?? 'replica-set',
    members: addresses,
    membersComplete: script.membersComplete ?? true,
    primary: clientOf('primary', 'done'),
    account: { actions: new Set(mayEnd ? ['impersonate'] : []) },
    wordsOf: String,
  } as unknown as Deployment;
  const stop = new AbortController();
  let looked = 0;
  const run: TerminateRun = {
    deployment,
    runId: 'run-1',
    policyName: 'p',
    endSessions: script.endSessions ?? true,
    log: {
      ...noAuditLog,
      append: async (events) => void steps.push(...events.map(recorded)),
    },
    lostMembers: new Map<string, string>(),
    lookAgain: async (users) =>
      looking(
        users.map(({ uid }) => uid),
        undefined,
      ),
    lookAfter: async (uids, time) => looking(uids, time),
    decideAgain: (snapshot: Snapshot) => decided(script.policy, snapshot, makePlanAsListed),
    outcomeEvents: (outcomes) => outcomeEvents('run-1', outcomes),
    signal: stop.signal,
    onStage: (stage) => {
      stages.push(stage);
      if (stage === script.stopsAt) stop.abort(new Error('stopped by SIGTERM'));
    },
  };
  const looking = async (uids: readonly Uid[], usedSince: number | undefined): Promise<Snapshot> => {
    steps.push({ step: 'look', uids, usedSince });
    if (script.stopsAt === 'during the look') stop.abort(new Error('stopped by SIGTERM'));
    const lost = script.lostIn?.[looked];
    if (lost !== undefined) run.lostMembers.set(lost, 'no answer');
    const seen = script.looks[Math.min(looked++, script.looks.length - 1)];
    if (seen === undefined || seen === 'fails') throw new Error('no primary');
    return { ...seen, sessions: seen.sessions.filter(({ lsid }) => uids.includes(lsid.uid)) };
  };
  return { run, steps, stages };
}

/** Verdicts and plan, as a run makes them. */
export function decided(policy: Script['policy'], snapshot: Snapshot, plan = makePlan) {
  const verdicts = decide(snapshot.sessions, policy, makeContext(snapshot, policy, someFacts()));
  return { verdicts, plan: plan(verdicts, () => false) };
}

function recorded(event: AuditEvent): Step {
  return { step: 'record', event };
}

function keyOfSent({ id, uid }: Document): string {
  return keyOf({ id: parseSessionId(String(id as UUID)), uid: parseUid(uidOfSent(uid)) });
}

function uidOfSent(uid: Binary): string {
  return uid.toString('base64');
}
