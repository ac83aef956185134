import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeLog } from '../../src/log.ts';
import { parsePage } from '../report/html/parse.ts';
import { callReaper, type Called } from '../support/reaper.ts';
import { expectHarmless, hostileTexts } from './hostile-texts.ts';
import { anOperation, aRow, startDeployment } from './scripted-deployment.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-names-'));
});
afterAll(() => rm(folder, { recursive: true }));

const policy = `version: 1
name: p
rules: [{ name: everyone, when: { users: ['*@admin'] } }]
exemptions: [{ name: none, apps: ['nothing'] }]
`;

const hour = 3_600_000;

/** Each takes seconds, so those of ordinary length are in one name. */
const names = {
  'a line of its own': hostileTexts['a line of its own'],
  '10,000 characters': hostileTexts['10,000 characters'],
  '1,000 wide ones': hostileTexts['1,000 wide ones'],
  'all others': Object.values(hostileTexts)
    .filter((text) => text.length < 1000)
    .join(' '),
};

const formats = ['ckl', 'cklb', 'hdf', 'xccdf', 'html'] as const;

/** Every command that shows a name, on a deployment where everything is named like this. */
async function callsOf(text: string): Promise<Record<string, Called>> {
  const user = `${text}@admin`;
  const server = await startDeployment({
    sessions: [aRow(user, hour), aRow(user, 2 * hour)],
    operations: [anOperation(user, { client: text, appName: text })],
    changes: { buildInfo: { version: text } },
  });
  const dir = await mkdtemp(join(folder, 'bench-'));
  const file = join(dir, 'policy.yaml');
  const snapshot = join(dir, 'snapshot.json');
  await writeFile(file, policy);
  const env = { REAPER_MONGODB_URI: server.uri };
  const state = ['--state-dir', join(dir, 'state')];
  const calls: Record<string, Called> = {};
  const call = async (...argv: string[]): Promise<void> => {
    calls[argv.join(' ')] = await callReaper(argv, { env });
  };
  try {
    await call('list', '--save', snapshot);
    await call('list', '--json');
    await call('run', '--dry-run', '--all', '--policy', file, ...state);
    await call('run', '--dry-run', '--all', '--json', '--policy', file, ...state);
    await call('explain', user, '--policy', file, ...state);
    await call('explain', user, '--json', '--policy', file, ...state);
    await call('check', '--policy', file);
    await call('check', '--json', '--policy', file);
    const span = ['--from', new Date().toISOString(), '--to', new Date(Date.now() + hour).toISOString()];
    await call('simulate', '--snapshot', snapshot, ...span, '--policy', file, '--against', file);
    await call('simulate', '--snapshot', snapshot, ...span, '--policy', file, '--json');
    await call('lock', user, '--for', '1h', '--reason', text, '--policy', file, ...state);
    const whole = user.replaceAll(/[\\*?]/g, '\\$&');
    if (/[*?]/.test(user))
      await call('lock', whole, '--for', '1h', '--reason', text, '--policy', file, ...state);
    await call('locks', ...state);
    await call('locks', '--json', ...state);
    await call('unlock', `no${user}`, ...state);
    await call('run', '--all', '--policy', file, ...state);
    await call('run', '--only', user, '--reason', text, '--policy', file, ...state);
    await call('unlock', user, ...state);
    await call('audit', '--policy', file, '--attest', text, '--stig', '7', '--schedule-note', text, ...state);
    await call('audit', '--policy', file, '--json', '--attest', text, '--stig', '7', ...state);
    await call('audit', 'verify', ...state);
    for (const format of formats) {
      const attested = ['--attest', text, '--stig', '7', '--schedule-note', text];
      await call('audit', '--format', format, '--policy', file, ...attested, ...state);
    }
  } finally {
    await server.stop();
  }
  return calls;
}

describe.each(Object.entries(names))('%s, as a name of everything', (_name, text) => {
  test('is harmless in every report, log and error', async () => {
    const calls = await callsOf(text);
    for (const [argv, { code, stdout, stderr }] of Object.entries(calls)) {
      expect([argv, code, stderr.includes('unexpected error')]).toEqual([argv, code, false]);
      expectHarmless(stdout);
      expectHarmless(stderr);
      if (/--json|--format (cklb|hdf)/.test(argv)) expect(() => JSON.parse(stdout) as unknown).not.toThrow();
      // Scripts of our own are in the page, and nothing that a name brought along.
      if (/--format (ckl|xccdf|html) /.test(argv)) expect(textsOfScripts(stdout)).not.toContain('alert(1)');
    }
    expect(Object.values(calls).filter(({ stdout }) => stdout !== '').length).toBeGreaterThan(20);
  });
});

/** Half a character is written as U+FFFD, of which the parser warns. */
function textsOfScripts(markup: string): string {
  return [...parsePage(markup.replaceAll('\ufffd', '?')).getElementsByTagName('script')]
    .map(({ textContent }) => textContent)
    .join();
}

describe('a log line', () => {
  const logged = (isTTY: boolean, text: string): string => {
    let written = '';
    const log = makeLog(
      { env: { NO_COLOR: '1' }, stderr: { isTTY, write: (line) => (written += line) } },
      false,
    );
    log.warn({ name: text }, `about ${text}`);
    return written;
  };

  test.each(Object.entries(hostileTexts))('on a terminal holds nothing that it obeys: %s', (_name, text) => {
    expectHarmless(logged(true, text));
  });

  test.each(Object.entries(hostileTexts))(
    'elsewhere is one line of JSON, and means the same: %s',
    (_name, text) => {
      const line = logged(false, text);
      expectHarmless(line);
      expect(line.trimEnd().split('\n')).toHaveLength(1);
      expect(JSON.parse(line)).toMatchObject({ name: text, msg: `about ${text}` });
    },
  );
});
