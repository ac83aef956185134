import { expect, test } from 'vitest';
import { logEntryOf } from '../../src/audit/mongod-log/log-entry.ts';

const date = '2026-11-22T07:00:00.000+01:00';

test.each([
  {
    name: 'of an id that tells something, with what it says',
    line: `{"t":{"$date":"${date}"},"s":"I",  "c":"QUERY",    "id":20528,   "ctx":"SessionKiller","msg":"m","attr":{"cursorId":1}}`,
    entry: { date, id: 20528, ctx: 'SessionKiller', attr: { cursorId: 1 }, truncated: {} },
  },
  {
    name: 'cut',
    line: `{"t":{"$date":"${date}"},"s":"I","c":"COMMAND","id":558701,"ctx":"c","msg":"m","attr":{},"truncated":{"command":{}}}`,
    entry: { date, id: 558701, ctx: 'c', attr: {}, truncated: { command: {} } },
  },
  {
    name: 'of MongoDB 8, with its service',
    line: `{"t":{"$date":"${date}"},"s":"I",  "c":"REPL",     "id":21393,   "svc":"S", "ctx":"c","msg":"m","attr":{"hostAndPort":"a:1"}}`,
    entry: { date, id: 21393, ctx: 'c', attr: { hostAndPort: 'a:1' }, truncated: {} },
  },
  {
    name: 'of another id, not looked into',
    line: `{"t":{"$date":"${date}"},"s":"W",  "c":"-",        "id":51800,   "ctx":"c","msg":"m","attr":{"command":1}}`,
    entry: { date, id: 51800, ctx: undefined, attr: {}, truncated: {} },
  },
  {
    name: 'in another order, as a log collector may write it',
    line: `{"id":20528,"ctx":"c","t":{"$date":"2026-11-22T06:00:00Z"},"attr":{"cursorId":1}}`,
    entry: { date: '2026-11-22T06:00:00Z', id: 20528, ctx: 'c', attr: { cursorId: 1 }, truncated: {} },
  },
  {
    name: 'that is cut off',
    line: `{"t":{"$date":"${date}"},"s":"I","c":"-","id":51800,"ctx`,
    entry: undefined,
  },
  { name: 'without a time', line: '{"id":20528}', entry: undefined },
  { name: 'with no time at all', line: '{"t":{"$date":"soon"},"id":20528}', entry: undefined },
  { name: 'without an id', line: `{"t":{"$date":"${date}"}}`, entry: undefined },
  { name: 'of an older MongoDB', line: '2019-01-01T00:00:00.000+0000 I CONTROL [main] x', entry: undefined },
  { name: 'that is JSON and no entry', line: 'null', entry: undefined },
])('a line $name', ({ line, entry }) => {
  expect(logEntryOf(line)).toEqual(entry);
});
