import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localZoneOf } from '../src/local-zone.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-zone-'));
  const zones = join(dir, 'zoneinfo', 'Europe');
  await mkdir(zones, { recursive: true });
  await writeFile(join(zones, 'Berlin'), '');
  await symlink(join(zones, 'Berlin'), join(dir, 'localtime'));
  await writeFile(join(dir, 'copied'), '');
});
afterAll(() => rm(dir, { recursive: true }));

const unknown = (tz: string) => () => localZoneOf(tz);

describe('the zone that TZ means', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    [':Europe/Berlin', 'Europe/Berlin'],
    ['posix/Europe/Berlin', 'Europe/Berlin'],
    ['/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'],
    [':/usr/share/zoneinfo/right/Europe/Berlin', 'Europe/Berlin'],
    ['EST5EDT', 'America/New_York'],
    ['Etc/UTC', 'UTC'],
    ['', 'UTC'],
    [':', 'UTC'],
  ])('%j: %s', (tz, zone) => {
    expect(localZoneOf(tz)).toBe(zone);
  });

  test('a link is followed', () => {
    expect(localZoneOf(`:${join(dir, 'localtime')}`)).toBe('Europe/Berlin');
    expect(localZoneOf(join(dir, 'localtime'))).toBe('Europe/Berlin');
  });

  test.each(['Foo/Bar', 'EST5EDT4,M3.2.0,M11.1.0', '<+03>-3', '+02:00', 'Etc/Unknown', '/none', ' UTC'])(
    '%j is none that is known: told with its value and the remedy',
    (tz) => {
      expect(unknown(tz)).toThrow(
        expect.objectContaining({
          code: 'zone-unknown',
          exitCode: 2,
          message: expect.stringContaining(`TZ is ${JSON.stringify(tz)}`),
          remedy: 'set TZ to a name as Europe/Berlin, or write the zone into location',
        }),
      );
    },
  );

  test('a file that is called otherwise does not tell', () => {
    expect(unknown(`:${join(dir, 'copied')}`)).toThrow('names no time zone');
  });

  test('without it the host’s own counts', () => {
    const zone = execFileSync(process.execPath, ['-p', 'Intl.DateTimeFormat().resolvedOptions().timeZone'], {
      env: {},
      encoding: 'utf8',
    }).trim();
    expect([zone, 'UTC']).toContain(localZoneOf(undefined));
  });
});
