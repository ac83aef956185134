import { describe, expect, test } from 'vitest';
import { logEntryOf } from '../../src/audit/mongod-log/log-entry.ts';
import { whichMember } from '../../src/audit/mongod-log/which-member.ts';
import { now } from '../support/builders.ts';
import { logLine, selfLine } from './server-log-lines.ts';

const starting = (host: string, port = 27017) => logLine(now, { id: 4615611, attr: { pid: 1, port, host } });
const rotated = (host: string, port = 27017) => logLine(now, { id: 20721, attr: { pid: '1', port, host } });

describe('which member a log is of', () => {
  test.each([
    { name: 'its own word', lines: [selfLine('db2:27017')], member: 'db2:27017' },
    { name: 'its last word', lines: [selfLine('db1:27017'), selfLine('db2:27017')], member: 'db2:27017' },
    { name: 'its own word before its host’s name', lines: [selfLine('x:1'), starting('db1')], member: 'x:1' },
    { name: 'its host’s name', lines: [starting('DB1')], member: 'db1:27017' },
    { name: 'its host’s longer name', lines: [rotated('db1.example.com')], member: 'db1:27017' },
    { name: 'its host’s shorter name', lines: [rotated('db3')], member: 'db3.example.com:27017' },
    { name: 'another port of its host', lines: [starting('db1', 27018)], member: undefined },
    { name: 'a name that two have', lines: [starting('db4')], member: undefined },
    { name: 'an address', lines: [starting('10.0.0.1')], member: '10.0.0.1:27017' },
    { name: 'a like address', lines: [starting('10.1.1.1')], member: undefined },
    { name: 'nothing', lines: [logLine(now)], member: undefined },
  ])('$name: $member', ({ lines, member }) => {
    const addresses = [
      ...['db1:27017', 'db2:27017', 'db3.example.com:27017', '10.0.0.1:27017', '[fe80::1]:27017'],
      ...['db4.example.com:27017', 'db4.example.org:27017'],
    ];
    const which = whichMember(new Set(addresses));
    for (const line of lines) {
      const entry = logEntryOf(line);
      if (entry !== undefined) which.add(entry);
    }
    expect(which.member()).toBe(member);
  });
});
