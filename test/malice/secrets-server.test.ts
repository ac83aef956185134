import type { Binary, Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { encoded, marked, nowhere, password, writtenBy, type Written } from './marked-secrets.ts';
import { aRow, startDeployment, type Listed } from './scripted-deployment.ts';

/** Each of these answers nobody, and the driver tries for five seconds. */
const unreachable: Record<string, string> = {
  'nobody there': `mongodb://u:${encoded}@${nowhere}/`,
  'a name that is none': `mongodb://u:${encoded}@a.invalid/?replicaSet=rs`,
  'srv of a name that is none': `mongodb+srv://u:${encoded}@a.b.invalid/?tlsCertificateKeyFilePassword=mArKeD`,
  'a proxy that is none': `mongodb://u:${encoded}@${nowhere}/?proxyHost=127.0.0.1&proxyPort=1&proxyUsername=u&proxyPassword=mArKeD`,
  'a key that is none': `mongodb://u:${encoded}@${nowhere}/?tls=true&tlsCertificateKeyFile=/proc/self/status&tlsCertificateKeyFilePassword=mArKeD`,
  'a token for the login': `mongodb://u:${encoded}@${nowhere}/?authMechanismProperties=AWS_SESSION_TOKEN:mArKeD`,
};

describe.concurrent('where nobody answers', () => {
  test.each(Object.entries(unreachable))('%s: no secret in any word', async (_name, uri) => {
    const argvs = [
      ['list'],
      ['run', '--json', '--log-format', 'ocsf', '--metrics-file', 'KEPT/reaper.prom'],
      ['lock', 'alice@admin', '--for', '1h', '--reason', 'r', '--now'],
      ['check', '--json'],
    ];
    const written = (await Promise.all(argvs.map((argv) => writtenBy(argv, uri)))).flat();
    for (const { code, all } of written) {
      expect([code, marked.exec(all)]).toEqual([69, null]);
      expect(all).toContain('could be reached');
    }
    expect(written.some(({ all }) => all.includes('reaper_last_run_timestamp_seconds'))).toBe(true);
  });
});

/** A server that got the password in plain text, and says it back wherever it may say something. */
async function withEcho(changes: Listed['changes'], listed: Listed = {}): Promise<Written[]> {
  const ready = (_command: Document): Document => ({ conversationId: 1, done: true, payload: '' });
  const server = await startDeployment({ ...listed, changes: { saslStart: ready, ...changes } });
  const uri = `mongodb://reaper:${encoded}@${server.address}/?authMechanism=PLAIN`;
  try {
    const argvs = [['run', '--all'], ['run', '--all', '--json', '--log-format', 'ecs'], ['check']];
    return (await Promise.all(argvs.map((argv) => writtenBy(argv, uri)))).flat();
  } finally {
    await server.stop();
  }
}

const refusal = (code: number): Document => ({ ok: 0, code, errmsg: `no: ${password}\n${encoded}` });
/** So that `endSessions` is sent. */
const mayEnd: Listed['changes'] = {
  connectionStatus: {
    authInfo: {
      authenticatedUsers: [{ user: 'reaper', db: 'admin' }],
      authenticatedUserPrivileges: [
        {
          resource: { cluster: true },
          actions: ['listSessions', 'inprog', 'killAnySession', 'impersonate', 'getParameter'],
        },
      ],
    },
  },
};
const alice: Listed = { sessions: [aRow('alice@admin', 3_600_000)] };

describe.concurrent('a server that says the password back', () => {
  test('when it refuses the login', async () => {
    const seen = await withEcho({
      saslStart({ payload }) {
        // What it got is what it says.
        expect((payload as Binary).toString()).toContain(password);
        return refusal(18);
      },
    });
    for (const { code, all } of seen) expect([code, marked.exec(all)]).toEqual([77, null]);
  });

  test.each(['hello', 'connectionStatus', 'buildInfo', 'getParameter', 'aggregate'])(
    'in an error of %s',
    async (command) => {
      let asked = 0;
      const seen = await withEcho({
        // The first greetings are the driver’s own, which would not connect.
        [command]: () => (command === 'hello' && asked++ < 6 ? undefined : refusal(9)),
      });
      for (const { all } of seen) expect(all).not.toMatch(marked);
      expect(seen.some(({ all }) => all.includes('<password>'))).toBe(true);
    },
  );

  test.each(['killAllSessionsByPattern', 'endSessions'])(
    'in an error of %s, which is recorded',
    async (command) => {
      const seen = await withEcho({ ...mayEnd, [command]: refusal(9) }, alice);
      for (const { all } of seen) expect(all).not.toMatch(marked);
      expect(seen.some(({ all }) => all.includes('<password>'))).toBe(true);
    },
  );
});
