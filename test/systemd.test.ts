import { readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesFor } from '../src/install/plan.ts';
import { usualSettings } from '../src/install/settings.ts';
import { shippedFiles } from '../src/install/shipped.ts';
import { callReaper } from './support/reaper.ts';

const read = (name: string) => readFileSync(new URL(`../systemd/${name}`, import.meta.url), 'utf8');

/** The directives of a unit file, each `Key=value`. */
const directives = (name: string) =>
  read(name)
    .split('\n')
    .filter((line) => /^[A-Z]\w*=/.test(line));

/** The value of the only directive of this name. */
function value(unit: string, key: string): string {
  const values = directives(unit).filter((line) => line.startsWith(`${key}=`));
  expect(values, key).toHaveLength(1);
  return values[0]?.slice(key.length + 1) ?? '';
}

const cronLine =
  read('reaper.cron')
    .split('\n')
    .findLast((line) => line !== '') ?? '';

test.each([...shippedFiles()])('%s is what reaper install writes (npm run docs)', (path, text) => {
  expect(readFileSync(path, 'utf8')).toBe(text);
});

describe('reaper.service', () => {
  const unit = 'reaper.service';

  test('is one run as a fixed user, with its credential and its state', () => {
    expect(directives(unit)).toEqual(
      expect.arrayContaining([
        'Type=oneshot',
        'Restart=no',
        'User=reaper',
        'Group=reaper',
        'UMask=0077',
        'LoadCredential=mongodb-uri:/etc/reaper/mongodb-uri',
        'StateDirectory=reaper',
        'StateDirectoryMode=0750',
        'MemoryMax=768M',
        'LimitCORE=0',
        'Wants=network-online.target',
        'After=network-online.target',
        'OnFailure=reaper-notify@%N.service',
        // Another run at work is no failure; whatever else went wrong is told.
        'SuccessExitStatus=75',
      ]),
    );
    // Under DynamicUser the audit log would have an owner that comes and goes.
    expect(directives(unit).join()).not.toContain('DynamicUser');
  });

  test.each([
    'CapabilityBoundingSet=',
    'AmbientCapabilities=',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'DevicePolicy=closed',
    'PrivateUsers=yes',
    'PrivateIPC=yes',
    'PrivateMounts=yes',
    'ProtectProc=invisible',
    'ProcSubset=pid',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectControlGroups=yes',
    'LockPersonality=yes',
    'RemoveIPC=yes',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged @resources',
    'SystemCallErrorNumber=EPERM',
    'KeyringMode=private',
    'NotifyAccess=none',
    'IPAddressDeny=any',
  ])('is hardened with %s', (directive) => {
    expect(directives(unit)).toContain(directive);
  });

  test('reaches every unicast address, and no other', () => {
    // One list for each family, as systemd has: Node's finds mapped IPv4 addresses in IPv6 networks.
    const allowed = { ipv4: new BlockList(), ipv6: new BlockList() };
    const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
    for (const network of value(unit, 'IPAddressAllow').split(' ')) {
      const [address = '', bits] = network.split('/');
      allowed[family(address)].addSubnet(address, Number(bits), family(address));
    }
    const reaches = (address: string) => allowed[family(address)].check(address, family(address));
    const members = ['10.0.0.5', '127.0.0.53', '169.254.169.254', '172.16.3.4', '192.168.1.1', '214.3.2.1'];
    const more = ['223.255.255.254', '::1', '64:ff9b::a00:5', '2001:db8::5', '3fff::1', 'fd00::7', 'fe80::1'];
    expect([...members, ...more].filter((address) => !reaches(address))).toEqual([]);
    const others = ['224.0.0.251', '240.0.0.1', '255.255.255.255', 'ff02::1'];
    expect(others.filter(reaches)).toEqual([]);
  });

  test.each(['MemoryDenyWriteExecute', 'Documentation'])('has no %s', (key) => {
    expect(directives(unit).filter((line) => line.startsWith(key))).toEqual([]);
  });

  test('puts no comment behind a value, where systemd would take it for a part of it', () => {
    for (const line of directives(unit)) expect(line).not.toContain(' #');
  });
});

describe('reaper.timer', () => {
  test('starts the service every five minutes, and after a pause', () => {
    expect(directives('reaper.timer')).toEqual(
      expect.arrayContaining(['OnCalendar=*:0/5', 'Persistent=true', 'WantedBy=timers.target']),
    );
    expect(read('reaper.timer')).toMatch(/^#.*daily run/m);
  });
});

describe('reaper.cron', () => {
  test('is a file for /etc/cron.d: variables, then one line of six fields and more, ended', () => {
    expect(read('reaper.cron').endsWith('\n')).toBe(true);
    const [minute, hour, day, month, weekday, user, ...command] = cronLine.split(' ');
    expect([minute, hour, day, month, weekday, user]).toEqual(['*/5', '*', '*', '*', '*', 'reaper']);
    expect(command.join(' ')).toMatch(
      /^test -d \/run\/systemd\/system \|\| flock -n -E 75 \/var\/lib\/reaper\/cron\.lock \/usr\/bin\/node /,
    );
    // A percent sign ends a cron command.
    expect(cronLine).not.toContain('%');
    const others = read('reaper.cron')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(others.slice(0, -1)).toEqual([
      'SHELL=/bin/sh',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'MAILTO=root',
    ]);
  });

  test('runs as often as the timer, quietly, with the same files', () => {
    const [, minutes] = /^\*:0\/(\d+)$/.exec(value('reaper.timer', 'OnCalendar')) ?? [];
    expect(cronLine.startsWith(`*/${minutes} `)).toBe(true);
    expect(cronLine).toContain(` --every ${minutes}m`);
    const [, uri] = value('reaper.service', 'LoadCredential').split(':');
    const ofCron = ` run --quiet --syslog --uri-file ${uri} `;
    expect(cronLine).toContain(value('reaper.service', 'ExecStart').replace(' run ', ofCron));
    expect(cronLine).toContain(` --state-dir /var/lib/${value('reaper.service', 'StateDirectory')}`);
  });
});

test.each([
  ['reaper.service', () => value('reaper.service', 'ExecStart')],
  ['reaper.cron', () => cronLine],
  ['metrics.conf', () => directives('reaper.service.d/metrics.conf').at(-1) ?? ''],
])('%s calls run with options that there are', async (_name, line) => {
  const [, rest = ''] = line().split('/usr/lib/reaper/reaper.js ');
  const [command = '', ...words] = rest.split(' ');
  const options = words.filter((word) => word.startsWith('-'));
  const { stdout: text } = await callReaper([command, '--help']);
  expect(command).toBe('run');
  expect(options).toContain('--policy');
  for (const option of options) expect(text).toMatch(new RegExp(`(^|[ ,])${option}\\b`, 'm'));
});

test('reaper.sysusers makes the user of the service and of cron', () => {
  const lines = read('reaper.sysusers')
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'));
  expect(lines).toEqual(['u reaper - "Ends MongoDB user sessions by policy" /var/lib/reaper']);
});

describe('what a site may add', () => {
  test('is not installed by itself, since each has its price', () => {
    const planned = filesFor('systemd', usualSettings).map(({ path }) => path);
    expect(planned.filter((path) => path.includes('reaper.service.d'))).toEqual([]);
    expect(planned).toHaveLength(4);
  });

  test('jitless.conf lets Node start where no memory is writable and executable', () => {
    expect(directives('reaper.service.d/jitless.conf')).toEqual([
      'Environment=NODE_OPTIONS=--jitless',
      'MemoryDenyWriteExecute=yes',
    ]);
  });

  test('metrics.conf is the service’s own command and a file that it may write', () => {
    const [paths = '', reset, command = ''] = directives('reaper.service.d/metrics.conf');
    expect(reset).toBe('ExecStart=');
    const own = `ExecStart=${value('reaper.service', 'ExecStart')} --metrics-file `;
    expect(command.startsWith(own)).toBe(true);
    expect(`ReadWritePaths=-${dirname(command.slice(own.length))}`).toBe(paths);
  });
});

test('reaper-notify@.service names the unit that failed', () => {
  expect(value('reaper-notify@.service', 'ExecStart')).toMatch(
    /^\/usr\/bin\/logger -p auth\.err .*%i\.service/,
  );
});
