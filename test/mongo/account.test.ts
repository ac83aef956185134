import { afterEach, describe, expect, it } from 'vitest';
import { checkActions } from '../../src/mongo/account.ts';
import { connect } from '../../src/mongo/deployment.ts';
import { neededActions } from '../../src/mongo/needed-actions.ts';
import { startScriptedServer, type Script } from '../support/mongos/scripted-server.ts';
import { aServer, ownOperation } from './a-server.ts';

let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

async function connecting(script: Script, allowNoAuth: boolean) {
  const server = await startScriptedServer(script);
  ({ stop } = server);
  return connect({ uri: server.uri, allowNoAuth });
}

const anonymous = { authInfo: { authenticatedUsers: [], authenticatedUserPrivileges: [] } };
const noAccessControl = aServer({ connectionStatus: anonymous, aggregate: ownOperation('') });
const notLoggedIn = aServer({
  connectionStatus: anonymous,
  aggregate: { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'requires authentication' },
});

describe('a server without access control (L4)', () => {
  it('is refused', async () => {
    await expect(connecting(noAccessControl, false)).rejects.toMatchObject({ code: 'no-access-control' });
  });

  it('is looked at with allowNoAuth, by an account without a name', async () => {
    await using deployment = await connecting(noAccessControl, true);
    expect(deployment.account).toMatchObject({ users: [], accessControl: false });
    const looking = neededActions({ kills: false, ends: false, topology: deployment.topology });
    expect(checkActions(deployment.account, looking)).toEqual([]);
  });

  it('is never one where sessions may be ended, whatever was allowed', async () => {
    await using deployment = await connecting(noAccessControl, true);
    const ending = neededActions({ kills: true, ends: true, topology: deployment.topology });
    expect(() => checkActions(deployment.account, ending)).toThrow('killAnySession');
  });

  it('is known also where the client has logged in', async () => {
    await using deployment = await connecting(aServer({ aggregate: ownOperation('') }), true);
    expect(deployment.account).toMatchObject({ users: ['reaper@admin'], accessControl: false });
  });
});

it('allowNoAuth is no way around a login that the server asks for', async () => {
  await expect(connecting(notLoggedIn, true)).rejects.toMatchObject({
    code: 'no-access-control',
    message: expect.stringContaining('not logged in'),
  });
});

it('allowNoAuth changes nothing for who is logged in', async () => {
  await using deployment = await connecting(aServer(), true);
  expect(deployment.account).toMatchObject({ users: ['reaper@admin'], accessControl: true });
});
