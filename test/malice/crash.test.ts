import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listen } from '../support/mongos/listen.ts';
import { contentsOf, encoded, marked } from './marked-secrets.ts';
import { ownProcess } from './own-process.ts';
import { startDeployment } from './scripted-deployment.ts';

// A guard against hanging, and no measure: starting processes takes long on a busy host.
vi.setConfig({ testTimeout: 120_000 });

const reaper = ownProcess();
let folder: string;
let policyFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-crash-'));
  policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, 'version: 1\nname: p\nrules: [{ name: r, when: { users: ["*"] } }]\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Greetings over which the driver stumbles in its own time, where no call of ours could catch it. */
const greetings: Record<string, Document> = {
  'hosts that are text': { setName: 'rs', hosts: 'abc', me: 'a:1' },
  'hosts that are numbers': { setName: 'rs', hosts: [1, null], me: 'a:1' },
  'an own address that is a map': { me: { a: 1 } },
  'passive members that are a number': { setName: 'rs', hosts: ['a:1'], me: 'a:1', passives: 5 },
};

test.concurrent.each(Object.entries(greetings))(
  'a greeting with %s: an error without code or secret',
  async (_name, hello) => {
    const server = await startDeployment({ changes: { hello } });
    const uri = `mongodb://u:${encoded}@${server.address}/?tlsCertificateKeyFilePassword=mArKeD`;
    const state = await mkdtemp(join(folder, 'state-'));
    const argv = ['run', '--policy', policyFile, '--state-dir', state];
    const { code, stdout, stderr } = await reaper.ended(argv, { REAPER_MONGODB_URI: uri });
    await server.stop();
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^reaper: /m);
    expect(stderr).not.toMatch(/\n\s+at |node:internal|Node\.js v/);
    expect(stdout + stderr + (await contentsOf(state))).not.toMatch(marked);
    expect(server.ending()).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'the process has no secret in its title while it talks to a server',
  async () => {
    let greeted: () => void = () => undefined;
    const talking = new Promise<void>((resolve) => (greeted = resolve));
    const server = await listen((socket) => socket.once('data', () => greeted()));
    const file = join(folder, 'mongodb-uri');
    await writeFile(file, `mongodb://u:${encoded}@${server.address}/`, { mode: 0o400 });
    const child = spawn(process.execPath, [reaper.program, 'list', '--uri-file', file], { env: {} });
    const gone = once(child, 'exit');
    await talking;
    const title = await readFile(`/proc/${child.pid}/cmdline`, 'latin1');
    const environment = await readFile(`/proc/${child.pid}/environ`, 'latin1');
    child.kill('SIGKILL');
    await gone;
    await server.stop();
    expect(title).toContain(file);
    expect(title + environment).not.toMatch(marked);
  },
);
