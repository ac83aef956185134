import { describe, expect, test } from 'vitest';
import { reaperCommandIn, withoutConnectionStrings } from '../../../src/audit/schedule/reaper-command.ts';

describe('a command that runs reaper', () => {
  test.each([
    'reaper run',
    '/usr/local/bin/reaper run --quiet',
    '/usr/bin/node /usr/lib/reaper/reaper.js run --policy /etc/reaper/policy.yaml',
    'node --jitless /opt/reaper.js run',
    'flock -n -E 75 /run/reaper.lock reaper run -q',
    'test -d /run/systemd/system || flock -n /run/l /usr/bin/reaper run --quiet',
    'sudo -u reaper reaper run',
    "su reaper -s /bin/sh -c 'reaper run --quiet'",
    'cd /srv && ./reaper run; logger done',
    '(reaper run 2>&1) | logger',
    'reaper run --dry-run; reaper run',
  ])('%s', (line) => {
    expect(reaperCommandIn(line)).toEqual({ problems: [] });
  });

  test.each([
    ['reaper run --dry-run', '--dry-run'],
    ['reaper run -n', '--dry-run'],
    ['reaper run -qn --policy p.yaml', '--dry-run'],
    ['reaper run --only mallory@admin --reason x', '--only'],
    ['reaper run --only=mallory@admin', '--only'],
  ])('%s ends nothing of what the policy names', (line, option) => {
    expect(reaperCommandIn(line)?.problems).toEqual([expect.stringContaining(option)]);
  });

  test.each([
    'reaper',
    'reaper list',
    'reaper check run',
    'grim-reaper run',
    'reaper.js.bak run',
    'cat /var/log/reaper | run',
    'echo reaper; run',
    '',
  ])('not so: %j', (line) => {
    expect(reaperCommandIn(line)).toBeUndefined();
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
