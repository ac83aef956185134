import { decide } from '../decide/decide.ts';
import { needsOf } from '../decide/make-context.ts';
import { ExitCode } from '../exit-code.ts';
import { makeLog } from '../log.ts';
import { checkActions } from '../mongo/account.ts';
import { connect } from '../mongo/deployment.ts';
import { neededActions } from '../mongo/needed-actions.ts';
import { rememberingUidOf } from '../mongo/uid.ts';
import { readUri } from '../mongo/uri.ts';
import { aftermathOf } from '../plan/already-ended.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { loadPolicy } from '../policy/load.ts';
import { explain as explainVerdicts } from '../report/explain.ts';
import { explainToText } from '../report/explain-text.ts';
import { styleFor } from '../report/style.ts';
import { jsonText } from '../report/visible.ts';
import type { Session, Uid } from '../session.ts';
import { readEndedSessions } from '../state/ended-sessions.ts';
import { readFirstSeen } from '../state/first-seen.ts';
import { activeLocks } from '../state/locks.ts';
import { stateDirOf } from '../state/state-dir.ts';
import { survey } from '../survey.ts';
import type { World } from '../world.ts';
import { policyFileOf, type ConnectionOptions, type PolicyOptions } from './options.ts';
import { parseTarget, type NamedTarget } from './target.ts';

export interface ExplainOptions extends ConnectionOptions, PolicyOptions {
  readonly stateDir?: string;
  readonly json?: boolean;
  /** ms since the epoch. */
  readonly at?: number;
}

/** `reaper explain`: why a user's sessions, or one session, would end or live. Ends and writes nothing. */
export async function explain(asked: string, options: ExplainOptions, world: World): Promise<number> {
  const { env, stdout } = world;
  const log = makeLog(world, false);
  const uidOf = rememberingUidOf();
  const isAsked = isNamed(parseTarget(asked), uidOf);
  const loaded = await loadPolicy(policyFileOf(options, env));
  const uri = await readUri({ uriFile: options.uriFile, env });

  // The same as a run knows: locks, what earlier runs ended, when sessions were first seen.
  const stateDir = stateDirOf(options.stateDir, env);
  const { at } = options;
  const then = at === undefined ? world.clock() : new Date(at);
  const locks = await activeLocks(stateDir, then, (words) => log.warn(words));
  const policy = effectivePolicy(loaded.policy, locks, undefined);
  const { ended: earlier, damaged } = await readEndedSessions(stateDir);
  if (damaged)
    log.warn('what earlier runs ended cannot be read; it is explained as if they had ended nothing');
  const firstSeen = needsOf(policy).has('first-seen') ? await readFirstSeen(stateDir) : undefined;

  await using deployment = await connect({ uri, onClient: world.onClient });
  const { account, topology } = deployment;
  const lost = checkActions(account, neededActions({ kills: false, ends: false, topology }));
  for (const { action, reason } of lost) log.warn(`lacking ${action}: ${reason}`);

  const { seen, snapshot, contextOf } = await survey(deployment, policy, {
    uidOf,
    firstSeen,
    at,
    get localZone() {
      return world.localZone;
    },
  });
  for (const [address, error] of seen.errors) log.warn(`${address} did not answer: ${error}`);
  const { wasEnded, mayBeOver } = aftermathOf(earlier, snapshot, deployment);
  const context = contextOf(snapshot, mayBeOver);
  // All are decided, since the sessions of one user may decide about each other (P4, P9).
  const verdicts = decide(snapshot.sessions, policy, context, mayBeOver).filter((each) =>
    isAsked(each.session),
  );
  const explained = explainVerdicts({
    asked,
    policy,
    sha256: loaded.sha256,
    serverTime: snapshot.serverTime,
    silentMembers: snapshot.silentMembers,
    verdicts,
    context,
    wasEnded,
    firstSeen,
  });
  stdout.write(
    options.json === true
      ? `${jsonText(explained)}\n`
      : `${explainToText(explained, styleFor(stdout, env)).join('\n')}\n`,
  );
  return seen.errors.size === 0 ? ExitCode.done : ExitCode.incomplete;
}

/** A user by uid, so that sessions without a listed owner are found too (L3, T5). */
function isNamed(target: NamedTarget, uidOf: (name: string) => Uid): (session: Session) => boolean {
  if ('user' in target) return ({ lsid }) => lsid.uid === uidOf(target.user);
  return ({ lsid }) => lsid.id === target.id && (target.uid === undefined || lsid.uid === target.uid);
}
