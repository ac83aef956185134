import { mkdtemp } from 'node:fs/promises';
import { createServer, type TlsOptions } from 'node:tls';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { Binary, UUID, type Document } from 'mongodb';
import { afterAll, beforeAll, expect } from 'vitest';
import { aServer, ownOperation, rows } from '../mongo/a-server.ts';
import { uidOf } from '../support/builders.ts';
import { makeAuthority, makeCertificate, type Certificate } from '../support/certificates.ts';
import { startScriptedServer } from '../support/mongos/scripted-server.ts';
import { testBench, type Called } from '../support/reaper.ts';
import { faultTable } from './fault.ts';

/*
 * TLS is real on both sides; the server behind it is a stand-in, since not every mongod that these tests run
 * with can speak TLS.
 */

/** Names with what has a meaning elsewhere: `@` in `user@db`, `,` and `=` in a distinguished name. */
const self = 'CN=reaper@ops,OU=a\\=b,O=Example\\, Inc.';
const bob = 'CN=bob@corp,OU=x\\=y,O=Example\\, Inc.';
const bobsId = new UUID();
const killed: Document[] = [];

const stops: (() => Promise<unknown>)[] = [];
const calls = new Map<string, Called>();

/** Puts TLS before the server at an address; returns where. */
async function tlsBefore(address: string, options: TlsOptions): Promise<string> {
  const [host = '', port = ''] = address.split(':');
  const server = createServer(options, (socket) => {
    const behind = connect({ host, port: Number(port) });
    socket.on('error', () => behind.destroy());
    behind.on('error', () => socket.destroy());
    socket.pipe(behind).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reaper-tls-'));
  const [authority, stranger] = await Promise.all(
    ['authority', 'stranger'].map((name) => makeAuthority(folder, name)),
  );
  const make = (name: string, altName: string, rest: { days?: number; subject?: string } = {}) =>
    makeCertificate(folder, authority!, { name, subject: '/CN=server', altName, ...rest });
  const right = await make('right', 'IP:127.0.0.1');
  const expired = await make('expired', 'IP:127.0.0.1', { days: -1 });
  const elsewhere = await make('elsewhere', 'DNS:db.example,IP:192.0.2.1');
  const own = await make('own', 'DNS:ops.example', { subject: '/O=Example, Inc./OU=a=b/CN=reaper@ops' });

  const server = await startScriptedServer(aServer(theirServer));
  stops.push(() => server.stop());
  const front = (certificate: Certificate, more: TlsOptions = {}): Promise<string> =>
    tlsBefore(server.address, { cert: certificate.cert, key: certificate.key, ...more });
  const demanding = await front(right, { ca: authority!.cert, requestCert: true, rejectUnauthorized: true });
  const x509 = 'authMechanism=MONGODB-X509&authSource=%24external';
  const trusted = `tls=true&tlsCAFile=${authority!.certFile}`;
  const call = async (name: string, address: string, options: string): Promise<void> => {
    const rule = `{ name: named, when: { users: [${JSON.stringify(`${bob}@$external`.replaceAll('\\', '\\\\'))}] } }`;
    const bench = await testBench(`mongodb://${address}/?${x509}&${options}`, `rules: [${rule}]`);
    calls.set(name, await bench.run(['--all']));
  };
  const withOwn = `tlsCertificateKeyFile=${own.bothFile}`;
  await Promise.all([
    call('right', demanding, `${trusted}&${withOwn}`),
    call('wrong', demanding, `tls=true&tlsCAFile=${stranger!.certFile}&${withOwn}`),
    call('expired', await front(expired), `${trusted}&${withOwn}`),
    call('elsewhere', await front(elsewhere), `${trusted}&${withOwn}`),
    call('none', demanding, trusted),
    call('plain', demanding, 'tls=false'),
  ]);
}, 60_000);
afterAll(() => Promise.allSettled(stops.map((stop) => stop())));

/** A server that both have logged in to with certificates. */
const theirServer = {
  authenticate: {},
  connectionStatus: {
    authInfo: {
      authenticatedUsers: [{ user: self, db: '$external' }],
      authenticatedUserPrivileges: [
        {
          resource: { cluster: true },
          actions: ['listSessions', 'inprog', 'killAnySession', 'getParameter', 'impersonate'],
        },
      ],
    },
  },
  aggregate: (command: Document): Document => {
    const [stage = {}] = command['pipeline'] as Document[];
    if ('$listSessions' in stage) return rows([sessionOf(self, command['lsid'].id), sessionOf(bob, bobsId)]);
    if ('$listLocalSessions' in stage) return rows([]);
    return ownOperation(`${self}@$external`)(command);
  },
  killAllSessionsByPattern: (command: Document): Document => {
    killed.push(...command['killAllSessionsByPattern']);
    return {};
  },
};

function sessionOf(name: string, id: Binary): Document {
  const listed = `${name}@$external`;
  const uid = Binary.createFromBase64(uidOf(listed));
  return { _id: { id, uid }, lastUse: new Date(Date.now() - 60_000), user: { name: listed } };
}

const table = faultTable('TLS', 'tls');

table.fault(
  'the right CA; an x.509 user whose name has `@`, `,` and `=`',
  'such names are names like others: the one that is named ends, its own account never',
  async () => {
    const called = calls.get('right')!;
    expect(called.code, called.stderr).toBe(0);
    const { json } = called;
    expect(json.sessions.map(({ user, verdict, outcome }) => [user, outcome ?? verdict])).toEqual([
      [`${self}@$external`, 'exempt'],
      [`${bob}@$external`, 'ended'],
    ]);
    expect(killed.map(({ lsid }) => [lsid.id.toString('hex'), lsid.uid.toString('base64')])).toEqual([
      [bobsId.toString('hex'), uidOf(`${bob}@$external`)],
    ]);
    return 'the session named `ended`, reaper’s own exempt, exit status 0';
  },
);

for (const { name, done, words } of [
  { name: 'wrong', done: 'a certificate of another CA', words: /certificate/ },
  { name: 'expired', done: 'a certificate that has expired', words: /certificate has expired/ },
  { name: 'elsewhere', done: 'a certificate of another host', words: /does not match certificate/ },
  {
    name: 'none',
    done: 'no client certificate where one is asked for',
    words: /certificate|alert|closed|disconnected|ECONNRESET/i,
  },
  {
    name: 'plain',
    done: 'no TLS where the server asks for it',
    words: /closed|socket|timed out|ECONNRESET/i,
  },
]) {
  table.fault(done, 'no connection, nothing sent, and the reason', async () => {
    const { code, stderr } = calls.get(name)!;
    expect(stderr).toMatch(words);
    return `exit status ${code}`;
  });
}

table.compare();
