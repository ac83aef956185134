import { visible } from '../../report/visible.ts';
import { ocsfClasses } from './classes.ts';
import { actor, other, type OcsfSource, type Own } from './mapping-type.ts';
import type { Said } from './said.ts';

/** Recorded before it is sent: an intent, of which the outcomes tell what became of it. */
export function attempted(found: Said, source: OcsfSource): Own {
  const { run_id: runId, command = 'killAllSessionsByPattern', session_ids: ids, members } = found;
  return {
    kind: ocsfClasses.api,
    activity: other('Terminate'),
    message: `run ${runId} is about to send ${command} for ${nameOf(found)} to members: ${members.length}, for sessions: ${ids.length}`,
    details: {
      actor,
      api: { operation: command, service: { name: 'MongoDB' } },
      src_endpoint: { hostname: source.host },
      resources: [{ ...userOf(found), type: 'user' }],
    },
  };
}

/** Only a session that was ended, or was to be, is a logoff: one that was spared goes on. */
export function outcomeOf(found: Said): Own {
  const {
    sessions: [session = {}],
    rule,
    outcome = 'unknown',
    outcome_because: why,
  } = found;
  const left = outcome === 'spared' || outcome === 'already_ended';
  return {
    kind: ocsfClasses.authentication,
    activity: left ? other(outcome) : { id: 2, name: 'Logoff' },
    ...(outcome === 'in_doubt' ? { severity: 3 } : {}),
    message: `session ${session.id} of ${nameOf(found)}: ${outcome}, ${why} (rule ${rule}: ${session.because})`,
    details: {
      ...sessionOf(found, session),
      status_code: outcome,
      status_detail: why,
    },
  };
}

/** A session has left the listing: the logoff itself was told before. */
export function gone(found: Said): Own {
  const {
    sessions: [session = {}],
    outcome,
  } = found;
  return {
    kind: ocsfClasses.authentication,
    activity: other('Confirmed gone'),
    message: `session ${session.id} of ${nameOf(found)}, which an earlier run ended, has left the listing`,
    details: { ...sessionOf(found, session), status_code: outcome },
  };
}

interface Owned {
  readonly uid?: string | undefined;
  readonly user?: string | undefined;
}

/** The name as it is listed: it cannot be split into user and database (L5). */
function userOf({ uid, user }: Owned): object {
  return { ...(user === undefined ? {} : { name: user }), uid: uid ?? 'unknown' };
}

function nameOf({ uid, user }: Owned): string {
  return user === undefined ? `an unknown owner (uid ${uid})` : visible(user);
}

function sessionOf(owner: Owned, { id, because }: Said['sessions'][number]): object {
  return {
    actor,
    user: userOf(owner),
    service: { name: 'MongoDB' },
    session: { uid: id, uuid: id, ...(because === undefined ? {} : { expiration_reason: because }) },
  };
}
