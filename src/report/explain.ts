import { z } from 'zod';
import { testAll } from '../decide/combine.ts';
import type { Context, Criterion } from '../decide/condition.ts';
import { exempted } from '../decide/exemption.ts';
import type { Verdict } from '../decide/verdict.ts';
import type { Policy } from '../policy/policy.ts';
import { keyOf, type Session } from '../session.ts';
import type { FirstSeen } from '../state/first-seen.ts';
import { explainCriterion, explainedCondition, truth, type ExplainedCondition } from './explain-condition.ts';
import { usageJson } from './run-json.ts';
import { runJson } from './run-schema.ts';

const time = z.iso.datetime();

const group = z.strictObject({
  name: z.string(),
  result: truth,
  conditions: z.array(explainedCondition).describe('All of them must hold.'),
});

const resource = z.strictObject({
  kind: z.enum(['cursor', 'transaction']),
  member: z.string(),
  idle_seconds: z.number(),
  open_seconds: z.number(),
  client_gone: z.boolean().nullable().describe('null where it was not asked for.'),
});

/** The shape of `reaper explain --json`. */
export const explainJson = z.strictObject({
  asked: z.string().describe('The user or session that was asked for.'),
  policy: runJson.shape.policy.extend({ mode: z.enum(['enforce', 'report']) }),
  not_required: z.string().optional(),
  server_time: time,
  decided_for: time.describe('The server’s time, or that of --at.'),
  silent_members: z.array(z.string()).describe('Members that did not answer.'),
  sessions: z.array(
    runJson.shape.sessions.element
      .pick({ lsid: true, user: true, last_use: true, idle_seconds: true, verdict: true, rule: true })
      .extend({
        because: z.string(),
        already_ended: z.boolean().describe('An earlier run ended it, and no later use was seen.'),
        in_collection: time.nullable().describe('Last use in config.system.sessions.'),
        in_local_list: z.strictObject({ member: z.string(), last_use: time }).nullable(),
        first_seen: time.nullable().describe('When reaper first saw it, if the policy made it remember.'),
        held: z.array(z.string()).describe('member, kind and number of each thing that it holds.'),
        resources: z.array(resource),
        clients: z.array(z.string()),
        apps: z.array(z.string()),
        roles: z.array(z.string()).nullable().describe('null if not known, or if no condition asks.'),
        built_in_exemption: z.string().nullable(),
        exemptions: z.array(group.extend({ because: z.string().optional() })),
        rules: z.array(
          group.extend({ terminate: z.enum(['sessions', 'user']), overrides_exemptions: z.boolean() }),
        ),
      }),
  ),
});

export type ExplainJson = z.output<typeof explainJson>;

interface ExplainInput {
  readonly asked: string;
  /** As a run follows it, with locks. */
  readonly policy: Policy;
  readonly sha256: string;
  readonly serverTime: number;
  readonly silentMembers: readonly string[];
  /** Of the sessions that were asked for, decided among all that are listed. */
  readonly verdicts: readonly Verdict[];
  readonly context: Context;
  readonly wasEnded: (session: Session) => boolean;
  readonly firstSeen: FirstSeen | undefined;
}

/** Takes the verdicts on some sessions and returns everything that led to them. */
export function explain(input: ExplainInput): ExplainJson {
  const { policy, context, verdicts } = input;
  return {
    asked: input.asked,
    policy: { name: policy.name, sha256: input.sha256, mode: policy.mode },
    ...(policy.authority?.notRequired !== undefined && { not_required: policy.authority.notRequired }),
    server_time: iso(input.serverTime),
    decided_for: iso(context.now),
    silent_members: [...input.silentMembers],
    sessions: verdicts.map((verdict) => explainOne(verdict, input)),
  };
}

function explainOne(verdict: Verdict, input: ExplainInput): ExplainJson['sessions'][number] {
  const { policy, context, wasEnded, firstSeen } = input;
  const { session } = verdict;
  const {
    flushed,
    local: [local],
  } = session;
  const seen = firstSeen?.get(keyOf(session.lsid));
  const builtIn = exempted(session, [], context);
  const conditionsOf = (criteria: readonly Criterion[]): ExplainedCondition[] =>
    criteria.map((each) => explainCriterion(each, session, context));
  return {
    ...usageJson(session, context.now),
    verdict: verdict.verdict,
    rule: verdict.rule ?? null,
    because: verdict.because,
    already_ended: wasEnded(session),
    in_collection: flushed === undefined ? null : iso(flushed),
    in_local_list: local === undefined ? null : { member: local.member, last_use: iso(local.at) },
    first_seen: seen === undefined ? null : iso(seen),
    held: [...session.held],
    resources: session.resources.map(({ kind, member, idle, open, clientGone }) => ({
      kind,
      member,
      idle_seconds: Math.floor(idle / 1000),
      open_seconds: Math.floor(open / 1000),
      client_gone: clientGone === 'unknown' ? null : clientGone,
    })),
    clients: [...session.clients],
    apps: [...session.apps],
    roles: context.rolesOf(session)?.slice() ?? null,
    built_in_exemption: builtIn.truth === true ? builtIn.because : null,
    exemptions: policy.exemptions.map(({ name, criteria, because }) => ({
      name,
      result: testAll(criteria, session, context),
      conditions: conditionsOf(criteria),
      ...(because !== undefined && { because }),
    })),
    rules: policy.rules.map(({ name, criteria, terminate, overridesExemptions = false }) => ({
      name,
      result: testAll(criteria, session, context),
      conditions: conditionsOf(criteria),
      terminate,
      overrides_exemptions: overridesExemptions,
    })),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
