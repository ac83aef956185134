import { exemptsUser, mayExemptUser } from '../decide/exempts-user.ts';
import { parsePattern } from '../decide/pattern.ts';
import { ReaperError } from '../errors.ts';
import { quoted } from '../exposure.ts';
import { loginOf } from '../mongo/login-of.ts';
import { rememberingUidOf } from '../mongo/uid.ts';
import { hasUri, readUri, type UriSources } from '../mongo/uri.ts';
import type { Policy } from '../policy/policy.ts';
import { endsNothing } from '../policy/policy.ts';
import { visible } from '../report/visible.ts';
import type { World } from '../world.ts';

/** What a lock is held against before it is made. */
export interface WouldBeLock {
  readonly user: string;
  readonly overrideExemptions: boolean;
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

/**
 * Takes the user of a command line and returns the name that is meant. `*` and `?` mean themselves only after a
 * backslash, as in a policy: who writes them bare means many users, and a lock names one. A name without them is
 * taken as it is, its backslashes too: a directory’s domain has one.
 */
export function lockedName(text: string): string {
  const name = /[*?]/.test(text) ? parsePattern(text).literal : text;
  if (name === undefined) {
    const escaped = text.replaceAll(/\\[\s\S]|[*?]/g, (found) => (found.length > 1 ? found : `\\${found}`));
    throw new ReaperError('usage', `${JSON.stringify(text)} is a pattern, and a lock names one user`, {
      remedy: `for many users write a rule into the policy; for the one user who is called so, reaper lock ${visible(quoted(escaped))}`,
    });
  }
  if (!/^.+@.+$/su.test(name)) {
    throw new ReaperError('usage', `${JSON.stringify(text)} is no user`, {
      remedy: 'write user@db, as listed',
    });
  }
  return name;
}

/**
 * Refuses a lock that could never end anything: it would be worse than none, since it looks like one. Returns the
 * exemptions that may yet spare some session of the user while it holds.
 */
export async function refuseUseless(
  { user, overrideExemptions, from, to }: WouldBeLock,
  policy: Policy,
  sources: UriSources,
  world: World,
): Promise<string[]> {
  if (endsNothing(policy)) {
    throw new ReaperError(
      'lock-refused',
      `under policy ${policy.name} a run ends nothing, so a lock would not either`,
      { remedy: 'it has authority.not_required or mode: report' },
    );
  }
  const facts = {
    uidOf: rememberingUidOf(),
    self: await ownLogin(sources),
    get localZone() {
      return world.localZone;
    },
  };
  const exemption = exemptsUser(user, policy, facts, from);
  if (exemption.truth === true && (exemption.builtIn || !overrideExemptions)) {
    throw new ReaperError(
      'lock-refused',
      `${visible(user)} is exempt (${exemption.name ?? exemption.because}), and an exemption beats a lock`,
      {
        remedy: exemption.builtIn
          ? 'nothing lifts a built-in exemption'
          : 'add --override-exemptions if the incident asks for it',
      },
    );
  }
  return overrideExemptions ? [] : mayExemptUser(user, policy, facts, { from, to });
}

/** Whom runs log in as, where that can be told without a connection; a lock needs none. */
async function ownLogin(sources: UriSources): Promise<string[]> {
  if (!hasUri(sources)) return [];
  const uri = await readUri(sources).catch(() => undefined);
  const login = uri === undefined ? undefined : loginOf(uri);
  return login === undefined ? [] : [login];
}
