import { randomUUID } from 'node:crypto';
import { anonymise } from '../snapshot-file/anonymise.ts';
import { ReaperError } from '../errors.ts';
import { checkActions, noOwners } from '../mongo/account.ts';
import { neededActions } from '../mongo/needed-actions.ts';
import { connect, type Deployment } from '../mongo/deployment.ts';
import { look } from '../mongo/look.ts';
import { readRoles } from '../mongo/read-roles.ts';
import { rememberingUidOf } from '../mongo/uid.ts';
import { readUri } from '../mongo/uri.ts';
import { ExitCode } from '../exit-code.ts';
import { makeLog } from '../log.ts';
import { jsonPieces } from '../report/json-pieces.ts';
import { listToJson, listToText } from '../report/list.ts';
import { styleFor } from '../report/style.ts';
import { visible } from '../report/visible.ts';
import type { Uid } from '../session.ts';
import { saveSnapshot } from '../snapshot-file/file.ts';
import type { Saved } from '../snapshot-file/schema.ts';
import { takeSnapshot, type Snapshot } from '../snapshot.ts';
import { readFirstSeen } from '../state/first-seen.ts';
import { stateDirOf } from '../state/state-dir.ts';
import type { World } from '../world.ts';
import type { ConnectionOptions } from './options.ts';

export interface ListOptions extends ConnectionOptions {
  readonly json?: boolean;
  /** A file to write the snapshot to. */
  readonly save?: string;
  readonly anonymise?: boolean;
  readonly stateDir?: string;
  readonly allowNoAuth?: boolean;
}

/** `reaper list`: every session that any member knows. Returns 3 if a member did not answer. */
export async function list(options: ListOptions, world: World): Promise<number> {
  const { env, stdout } = world;
  const { json = false, save } = options;
  const log = makeLog(world, false);
  if (options.anonymise === true && save === undefined) {
    throw new ReaperError('usage', '--anonymise is for a saved snapshot', { remedy: 'add --save FILE' });
  }
  const uri = await readUri({ uriFile: options.uriFile, env });
  await using deployment = await connect({
    uri,
    onClient: world.onClient,
    allowNoAuth: options.allowNoAuth === true,
  });
  if (!deployment.account.accessControl) log.warn(noOwners);
  const lost = checkActions(
    deployment.account,
    neededActions({ kills: false, ends: false, topology: deployment.topology }),
  );
  for (const { action, reason } of lost) log.warn(`lacking ${action}: ${reason}`);
  // A policy that the file will be held against may ask for connections.
  const listing = await look(deployment, { connections: save !== undefined });
  for (const [address, error] of listing.errors) log.warn(`${address} did not answer: ${error}`);

  const uidOf = rememberingUidOf();
  const snapshot = takeSnapshot(listing, uidOf);
  const ownUids = new Set(deployment.account.users.map(uidOf));
  const lines = json ? [] : listToText(snapshot, ownUids, styleFor(stdout, env));
  if (save !== undefined) {
    const saved = await savedOf({ deployment, snapshot, uidOf }, options, world);
    await saveSnapshot(save, options.anonymise === true ? anonymise(saved, randomUUID) : saved);
    if (json) log.info(`the snapshot is in ${save}`);
    else lines.push(...savedWords(save, options.anonymise === true));
  }
  if (json) for (const piece of jsonPieces(listToJson(snapshot))) stdout.write(piece);
  stdout.write(`${lines.join('\n')}\n`);
  return listing.errors.size === 0 ? ExitCode.done : ExitCode.incomplete;
}

interface Listed {
  readonly deployment: Deployment;
  readonly snapshot: Snapshot;
  readonly uidOf: (name: string) => Uid;
}

/** The snapshot with all that any policy may ask for, as far as this account may know it. */
async function savedOf(
  { deployment, snapshot, uidOf }: Listed,
  { stateDir }: ListOptions,
  { env, localZone }: World,
): Promise<Saved> {
  const owners = [...new Set(snapshot.sessions.flatMap(({ user }) => user ?? []))];
  const { topology, name, members, membersComplete, refreshMillis, sessionTimeoutMinutes } = deployment;
  return {
    anonymised: false,
    snapshot,
    facts: {
      refreshMillis,
      uidOf,
      self: deployment.account.users,
      localZone,
      membersComplete,
      roles: await readRoles(deployment, owners, uidOf),
      firstSeen: await readFirstSeen(stateDirOf(stateDir, env)),
    },
    deployment: { topology, name },
    members,
    sessionTimeoutMinutes,
  };
}

function savedWords(file: string, anonymised: boolean): string[] {
  return [
    `saved in ${visible(file)}, for its owner only (mode 0600)`,
    ...(anonymised
      ? [
          'Users, sessions and members have other names in it; clients and applications',
          'are left out. Policies that name users will not match them. Role names stay.',
        ]
      : []),
  ];
}
