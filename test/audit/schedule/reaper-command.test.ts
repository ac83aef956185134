import { describe, expect, test } from 'vitest';
import {
  reaperCommandIn,
  reaperCommandOf,
  withoutConnectionStrings,
} from '../../../src/audit/schedule/reaper-command.ts';
import { audited } from './a-host.ts';

const inShell = (line: string, systemdRuns = false) => reaperCommandIn(line, { systemdRuns, audited });
const good = { problems: [], doubts: [] };

describe('a command that runs reaper', () => {
  test.each([
    'reaper run',
    '/usr/local/bin/reaper run --quiet',
    '/usr/bin/node /usr/lib/reaper/reaper.js run --policy /etc/reaper/policy.yaml',
    'node --jitless /opt/reaper.js run',
    'node -r ./x.js --max-old-space-size=200 /opt/reaper.js run',
    'flock -n -E 75 /run/reaper.lock reaper run -q',
    "flock -nE 75 /run/reaper.lock -c 'reaper run -q'",
    'test -d /run/systemd/system || flock -n /run/l /usr/bin/reaper run --quiet',
    'sudo -u reaper reaper run',
    'sudo -n --user=reaper REAPER_POLICY=/etc/reaper/policy.yaml reaper run',
    "su reaper -s /bin/sh -c 'reaper run --quiet'",
    'su - reaper -c "reaper run"',
    'runuser -u reaper -- reaper run',
    "runuser reaper -c 'reaper run'",
    'nice -n 10 ionice -c3 timeout -k 10 240 reaper run',
    'nice -10 reaper run',
    'nohup setsid reaper run &',
    'env -i PATH=/bin reaper run',
    "env -S 'reaper run --quiet'",
    'A=1 B="2 3" exec reaper run',
    'chronic systemd-cat -t reaper -p info reaper run',
    'time reaper run',
    "/bin/sh -c 'cd /srv && exec reaper run'",
    'bash -lc "sudo -u reaper sh -ec \'reaper run\'"',
    'cd /srv && ./reaper run; logger done',
    '(reaper run 2>&1) | logger',
    '{ reaper run || logger failed; } >/dev/null',
    'said=$(reaper run --quiet 2>&1) || echo "$said"',
    '"$HOME/bin/reaper" run # every five minutes',
    'if test -x /usr/bin/reaper; then reaper run; fi',
    'for i in 1 2; do reaper run; done',
    'while true; do reaper run; sleep 300; done',
    'test -x /usr/bin/reaper || exit 0; reaper run',
    '[ -e /etc/reaper/off ] && exit; reaper run',
    'reaper run --dry-run; reaper run',
    'reaper run --reason "-n --help"',
    'reaper run || mail -s "reaper run failed" dba@example.org',
  ])('%s', (line) => {
    expect(inShell(line)).toEqual(good);
  });

  test.each([
    ['reaper run --dry-run', '--dry-run'],
    ['reaper run -n', '--dry-run'],
    ['reaper run -qn --policy /etc/reaper/policy.yaml', '--dry-run'],
    ['reaper run --only mallory@admin --reason x', '--only'],
    ['reaper run --only=mallory@admin', '--only'],
    ['reaper run --help', '--help'],
    ['reaper run -h', '--help'],
    ['reaper run --quiet --version', '--version'],
    ['reaper run -V', '--version'],
  ])('%s ends nothing of what the policy names', (line, option) => {
    expect(inShell(line)).toEqual({ problems: [expect.stringContaining(option)], doubts: [] });
  });

  test.each([
    'reaper',
    'reaper list',
    'reaper check run',
    'grim-reaper run',
    'reaper.js.bak run',
    'cat /var/log/reaper | run',
    'echo reaper; run',
    'true # reaper run --quiet',
    'echo "reaper run is switched off"',
    '/usr/bin/printf "%s" reaper run',
    'logger reaper run',
    '',
  ])('not so: %j', (line) => {
    expect(inShell(line)).toBeUndefined();
  });
});

describe('a command that never comes to reaper', () => {
  const never = { problems: [expect.stringContaining('never comes to reaper run')], doubts: [] };
  test.each([
    'false && reaper run',
    'true || reaper run',
    ': || reaper run',
    '! true && reaper run',
    'true && false && reaper run',
    'exit 0; reaper run',
    'if false; then reaper run; fi',
    'if true; then :; else reaper run; fi',
    'while false; do reaper run; done',
    "sh -c 'false && reaper run'",
  ])('%s', (line) => {
    expect(inShell(line)).toEqual(never);
  });

  test.each(['false || reaper run', '(exit 1); reaper run', 'false && true || reaper run'])(
    'not so: %s',
    (line) => {
      expect(inShell(line)).toEqual(good);
    },
  );
});

describe('a command that leaves the work to systemd', () => {
  test.each([
    'test -d /run/systemd/system || reaper run',
    'test -e /run/systemd/system || reaper run',
    '[ -d /run/systemd/system ] || reaper run',
    '[ -e /run/systemd/system/ ] || reaper run',
    '[[ -d /run/systemd/system ]] || reaper run',
    'test ! -d /run/systemd/system && reaper run',
    '[ ! -e /run/systemd/system ] && reaper run',
    '! [ -d /run/systemd/system ] && reaper run',
    '[[ ! -d /run/systemd/system && -x /usr/bin/node ]] && reaper run',
    String.raw`test -x /usr/bin/node -a \! -d /run/systemd/system && reaper run`,
    'if [ ! -d /run/systemd/system ]; then reaper run; fi',
    '[ -d /run/systemd/system ] && exit 0; reaper run',
  ])('%s', (line) => {
    expect(inShell(line, true)).toEqual({
      problems: ['it does nothing on this host: it leaves the work to reaper.timer where systemd runs'],
      doubts: [],
    });
    expect(inShell(line, false)).toEqual(good);
  });

  test.each(['test -d /run/systemd/system && reaper run', '[ -d /run/other ] || reaper run'])(
    'not so: %s',
    (line) => {
      expect(inShell(line, true)).toEqual(good);
    },
  );
});

describe('a command of which it cannot be told whether it runs reaper', () => {
  test.each([
    ['docker exec mongo reaper run', 'docker'],
    ['/opt/wrap reaper run', '/opt/wrap'],
    ["eval 'reaper run'", 'eval'],
    ['constructor reaper run', 'constructor'],
    ['sweep() { reaper run; }', 'whether it comes to reaper run'],
    ['case $1 in x) reaper run;; esac', 'whether it comes to reaper run'],
    ['reaper run "oops', 'cannot be read'],
    ['reaper run )', 'cannot be read'],
    [`${'sudo '.repeat(2001)}reaper run`, 'too long'],
  ])('%s', (line, words) => {
    expect(inShell(line)).toEqual({ problems: [], doubts: [expect.stringContaining(words)] });
  });
});

describe('a command that runs with', () => {
  test.each([
    'reaper run',
    'reaper run --policy /etc/reaper/policy.yaml --state-dir /var/lib/reaper',
    'reaper run --policy=/etc/reaper/../reaper/policy.yaml --state-dir=/var/lib/reaper/',
    'reaper run -qp /etc/reaper/policy.yaml',
    // Another name of the same file.
    'reaper run -p /srv/link.yaml',
    // Of what is not written out nothing is known.
    'reaper run --policy "$POLICY" --state-dir $HOME/reaper',
    'cd /etc/reaper && reaper run --policy policy.yaml',
    'reaper run --policy /srv/other.yaml; reaper run --policy /etc/reaper/policy.yaml',
  ])('what is audited: %s', (line) => {
    expect(inShell(line)).toEqual(good);
  });

  test.each([
    ['reaper run --policy /etc/reaper/other.yaml', ['it runs with another policy: /etc/reaper/other.yaml']],
    ['reaper run -qp/etc/reaper/other.yaml', ['it runs with another policy: /etc/reaper/other.yaml']],
    ['reaper run --state-dir=/var/lib/other', ['it runs with another state directory: /var/lib/other']],
    [
      'reaper run --policy /a.yaml --state-dir /b',
      ['it runs with another policy: /a.yaml', 'it runs with another state directory: /b'],
    ],
  ])('something else: %s', (line, doubts) => {
    expect(inShell(line)).toEqual({ problems: [], doubts });
  });
});

describe('a command of systemd, which knows no shell and prints no quotes', () => {
  const ofSystemd = (line: string) => reaperCommandOf(line, { systemdRuns: true, audited });

  test.each([
    '/usr/bin/node /usr/lib/reaper/reaper.js run --policy /etc/reaper/policy.yaml --every 5m',
    '/usr/bin/env A=1 reaper run',
    '/bin/sh -c cd /srv && exec reaper run',
    '/usr/bin/flock -n /run/l /bin/bash -ec reaper run || logger no',
  ])('%s', (line) => {
    expect(ofSystemd(line)).toEqual(good);
  });

  test.each(['/usr/bin/true && reaper run', '/bin/echo reaper run', '/usr/bin/true # reaper run'])(
    'not so: %s',
    (line) => {
      expect(ofSystemd(line)).toBeUndefined();
    },
  );

  test('may never come to reaper', () => {
    expect(ofSystemd('/bin/sh -c false && reaper run')?.problems).toHaveLength(1);
  });
});

describe('a connection string in a schedule', () => {
  test('is not shown, and is a problem', () => {
    const line = "* * * * * REAPER_MONGODB_URI='mongodb://reaper:s3cret@db1/?tls=true' reaper run --quiet";
    const { text, problems } = withoutConnectionStrings(line);
    expect(text).not.toContain('s3cret');
    expect(text).toMatch(/^\* \* \* \* \* REAPER_MONGODB_URI='mongodb:\/\/.*@db1\/.*' reaper run --quiet$/);
    expect(problems).toEqual([expect.stringContaining('connection string')]);
  });

  test('is not found where there is none', () => {
    const line = '* * * * * reaper run --uri-file /etc/reaper/mongodb-uri';
    expect(withoutConnectionStrings(line)).toEqual({ text: line, problems: [] });
  });
});
