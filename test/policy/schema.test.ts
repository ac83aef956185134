import { describe, expect, test } from 'vitest';
import { parsePolicy, PolicyError } from '../../src/policy/load.ts';
import { whenKeys } from '../support/builders.ts';

/** Every problem of a policy made of a good head and rule, and these lines; places count from the first of them. */
function problemsOf(lines: string, head = 'version: 1\nname: p\n', rules = goodRule): string[] {
  try {
    parsePolicy(new TextEncoder().encode(`${lines}\n${head}${rules}`), 'policy.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(({ place, path, message }) =>
      [`${place.line}:${place.column}`, path, message].filter(Boolean).join(': '),
    );
  }
}

const goodRule = 'rules: [{ name: r, when: { idle_for: 15m } }]\n';
const conditions = whenKeys;
const topKeys =
  'version, name, description, authority, time_intervals, exemptions, rules, limits, mode, end_sessions';
const nameRule =
  'expected a name: a letter or digit, then up to 79 letters, digits, spaces, dots, dashes or underscores';

describe('the policy', () => {
  test.each<[string, string[]]>([
    ['exemption: []', [`1:1: unknown key "exemption" (did you mean "exemptions"?); allowed: ${topKeys}`]],
    ['RULE: []', [`1:1: unknown key "RULE" (did you mean "rules"?); allowed: ${topKeys}`]],
    ['colour: red', [`1:1: unknown key "colour"; allowed: ${topKeys}`]],
    ['__proto__: { mode: report }', [`1:1: unknown key "__proto__"; allowed: ${topKeys}`]],
    ['1: x', [`1:1: unknown key "1"; allowed: ${topKeys}`]],
    ['mode: enforced', ['1:7: mode: found "enforced" (did you mean "enforce"?); allowed: enforce, report']],
    ['mode: 5', ['1:7: mode: found 5; allowed: enforce, report']],
    ['mode:', ['1:1: mode: found nothing; allowed: enforce, report']],
    ['end_sessions: yes', ['1:15: end_sessions: found "yes"; expected true or false']],
    ['end_sessions: no', ['1:15: end_sessions: found "no"; expected true or false']],
    ['end_sessions: "true"', ['1:15: end_sessions: found "true"; expected true or false']],
    ['end_sessions:', ['1:1: end_sessions: found nothing; expected true or false']],
    ['description: 5', ['1:14: description: found 5; expected some text']],
    ['description: ""', ['1:14: description: found ""; expected some text']],
  ])('%s', (line, problems) => {
    expect(problemsOf(line)).toEqual(problems);
  });

  test('a text that is too long', () => {
    expect(problemsOf(`description: ${'x'.repeat(2001)}`)).toEqual([
      `1:14: description: found "${'x'.repeat(59)}…; expected at most 2000 characters`,
    ]);
  });

  const version = 'expected 1 without quotes, the version of the policy language';
  test.each<[string, string[]]>([
    ['name: p', [`2:1: version: missing; ${version}`]],
    ['version: 2\nname: p', [`2:10: version: found 2; ${version}`]],
    ['version: "1"\nname: p', [`2:10: version: found "1"; ${version}`]],
    ['version:\nname: p', [`2:1: version: found nothing; ${version}`]],
    ['version: 1', [`2:1: name: missing; ${nameRule}`]],
    ['version: 1\nname: 5', [`3:7: name: found 5; ${nameRule}`]],
    ['version: 1\nname:', [`3:1: name: found nothing; ${nameRule}`]],
    ['version: 1\nname: a/b', [`3:7: name: found "a/b"; ${nameRule}`]],
    ['version: 1\nname: .a', [`3:7: name: found ".a"; ${nameRule}`]],
    ['version: 1\nname: "a\\nb"', [`3:7: name: found "a\\nb"; ${nameRule}`]],
    ['version: 1\nname: Zürich 2.0_b-c', []],
  ])('%j', (head, problems) => {
    // The first line is empty.
    expect(problemsOf('', `${head}\n`)).toEqual(problems);
  });

  const map = `expected a map with ${topKeys}`;
  test.each([
    ['hello', 'found "hello"'],
    ['- a', 'found a list'],
    ['5', 'found 5'],
  ])('%s instead of a policy', (text, found) => {
    expect(problemsOf(text, '', '')).toEqual([`1:1: ${found}; ${map}`]);
  });
});

describe('rules', () => {
  const needsRule =
    'a policy needs at least one rule; where termination is documented as not required, say so with authority.not_required';
  const list = 'expected a list of rules, each after a dash';
  const map = 'expected a map with name, when, terminate';
  const whenMap = `expected a map with ${conditions}`;
  const noCondition = `a rule without a condition would end everything; at least one condition is needed: ${conditions}`;

  test.each<[string, string[]]>([
    ['', [`2:1: rules: ${needsRule}`]],
    ['rules: []', [`1:1: rules: ${needsRule}`]],
    ['authority: { not_required: it is prohibited }', []],
    ['rules:', [`1:1: rules: found nothing; ${list}`]],
    ['rules: idle', [`1:8: rules: found "idle"; ${list}`]],
    ['rules: { name: r, when: { idle_for: 15m } }', [`1:1: rules: found a map; ${list}`]],
    ['rules: [idle]', [`1:9: rules[0]: found "idle"; ${map}`]],
    ['rules:\n  -', [`2:4: rules[0]: found nothing; ${map}`]],
    ['rules: [{ name: r }]', [`1:9: rules[0].when: missing; ${whenMap}`]],
    ['rules: [{ name: r, when: }]', [`1:20: rules[0].when: found nothing; ${whenMap}`]],
    ['rules: [{ name: r, when: [{ idle_for: 15m }] }]', [`1:20: rules[0].when: found a list; ${whenMap}`]],
    ['rules: [{ name: r, when: {} }]', [`1:20: rules[0].when: ${noCondition}`]],
    ['rules: [{ when: { idle_for: 15m } }]', [`1:9: rules[0].name: missing; ${nameRule}`]],
    [
      'rules: [{ name: r, users: [a@b] }]',
      [
        `1:9: rules[0].when: missing; ${whenMap}`,
        '1:20: rules[0]: unknown key "users"; allowed: name, when, terminate',
      ],
    ],
    [
      'rules: [{ name: r, when: { idel_for: 15m } }]',
      [`1:28: rules[0].when: unknown key "idel_for" (did you mean "idle_for"?); allowed: ${conditions}`],
    ],
    [
      'rules: [{ name: r, when: { idle_for: 15m }, terminate: users }]',
      ['1:56: rules[0].terminate: found "users" (did you mean "user"?); allowed: sessions, user'],
    ],
    [
      'rules: [{ name: r, when: { idle_for: 15m }, terminate: }]',
      ['1:45: rules[0].terminate: found nothing; allowed: sessions, user'],
    ],
    [
      'rules: [{ name: r, when: { idle_for: 1m } }, { name: r, when: { idle_for: 2m } }]',
      ['1:54: rules[1].name: "r" is the name of an earlier one; each needs a name of its own'],
    ],
  ])('%j', (lines, problems) => {
    expect(problemsOf(lines, 'version: 1\nname: p\n', '')).toEqual(problems);
  });
});

describe('exemptions', () => {
  const list = 'expected a list of exemptions, each after a dash; leave it out if there are none';

  test.each<[string, string[]]>([
    ['exemptions:', [`1:1: exemptions: found nothing; ${list}`]],
    ['exemptions: { name: e }', [`1:1: exemptions: found a map; ${list}`]],
    ['exemptions: []', []],
    [
      'exemptions: [{ name: e, because: x }]',
      [
        `1:14: exemptions[0]: an exemption without a condition would spare everything; at least one condition is needed: ${conditions}`,
      ],
    ],
    [
      'exemptions: [{ name: e, when: { users: [a@b] } }]',
      [`1:25: exemptions[0]: unknown key "when"; allowed: name, ${conditions}, because`],
    ],
    ['exemptions: [{ users: [a@b] }]', [`1:14: exemptions[0].name: missing; ${nameRule}`]],
    [
      'exemptions: [{ name: e, users: [a@b], because: }]',
      ['1:39: exemptions[0].because: found nothing; expected some text'],
    ],
    [
      'exemptions: [{ name: e, users: [a@b] }, { name: e, users: [c@d] }]',
      ['1:49: exemptions[1].name: "e" is the name of an earlier one; each needs a name of its own'],
    ],
    [
      'exemptions: [{ name: e, during: nights }]',
      ['1:33: exemptions[0].during: "nights": no such time interval; this policy defines none'],
    ],
  ])('%s', (lines, problems) => {
    expect(problemsOf(lines)).toEqual(problems);
  });
});

describe('conditions', () => {
  const userList = 'expected a list of user patterns, as [alice@admin, "svc_*@admin"]';
  const pattern = 'a user pattern is text, as alice@admin or svc_*@admin; quote it';
  const intervals = 'expected the name of a time interval, or a list of names that is not empty';

  test.each<[string, string[]]>([
    ['users: alice@admin', [`users: found "alice@admin"; ${userList}`]],
    ['users:', [`users: found nothing; ${userList}`]],
    ['users: { alice: admin }', [`users: found a map; ${userList}`]],
    [
      'users: []',
      ['users: found an empty list; an empty list names nobody; name at least one user, as alice@admin'],
    ],
    ['users: [5]', [`users[0]: found 5; ${pattern}`]],
    ['users: [a@b, ~]', [`users[1]: found nothing; ${pattern}`]],
    ['users: [a@b, [c@d]]', [`users[1]: found a list; ${pattern}`]],
    ['users: [""]', ['users[0]: an empty pattern matches nobody; write user@db']],
    [
      'not_users: [a@b, alice]',
      [
        'not_users[1]: "alice" can match nobody, since users are listed as user@db; write "alice@admin" or "alice@*"',
      ],
    ],
    ['during: 5', [`during: found 5; ${intervals}`]],
    ['during:', [`during: found nothing; ${intervals}`]],
    ['during: [5]', [`during: found a list; ${intervals}`]],
    ['during: []', [expect.stringMatching(/^during: found an empty list; /)]],
    ['outside: noon', []],
    ['outside: non', ['outside: "non": no such time interval (did you mean "noon"?); defined: noon, Nights']],
    [
      'outside: [noon, nights]',
      ['outside[1]: "nights": no such time interval (did you mean "Nights"?); defined: noon, Nights'],
    ],
    ['outside: [""]', ['outside[0]: "": no such time interval; defined: noon, Nights']],
    [
      'not: { outside: non }',
      ['not.outside: "non": no such time interval (did you mean "noon"?); defined: noon, Nights'],
    ],
    [
      'any_of: [{ users: [a@b] }, { not: { during: [noon, non] } }]',
      ['any_of[1].not.during[1]: "non": no such time interval (did you mean "noon"?); defined: noon, Nights'],
    ],
    ['roles: [root]', [expect.stringMatching(/^roles\[0\]: "root" can match nothing/)]],
    ['older_than: 1w', [expect.stringMatching(/^older_than: "1w" is no duration/)]],
    ['more_than_per_user: 0', ['more_than_per_user: found 0; expected a whole number from 1']],
    ['transaction_idle_for: 5', [expect.stringMatching(/^transaction_idle_for: found 5; /)]],
    ['transaction_open_for:', [expect.stringMatching(/^transaction_open_for: found nothing; /)]],
    ['cursor_idle_for: ""', [expect.stringMatching(/^cursor_idle_for: "" is no duration/)]],
    [
      'client_gone: false',
      ['client_gone: found false; expected true; to exempt the opposite, use not: { client_gone: true }'],
    ],
    ['clients: [10.0.0.1, 10/8]', [expect.stringMatching(/^clients\[1\]: "10\/8" is no address/)]],
    ['apps: mongosh', [expect.stringMatching(/^apps: found "mongosh"; expected a list/)]],
    ['outside: constructor', ['outside: "constructor": no such time interval; defined: noon, Nights']],
  ])('%s', (condition, problems) => {
    const found = problemsOf(
      `rules: [{ name: r, when: { ${condition} } }]`,
      'version: 1\nname: p\n',
      `time_intervals: { noon: [{}], Nights: [{}] }\n`,
    );
    expect(found.map((line) => line.replace(/^1:\d+: rules\[0\]\.when\./, ''))).toEqual(problems);
  });
});

describe('limits', () => {
  const count = 'expected a whole number from 0';
  const percent = 'expected a number from 0 to 100';

  test.each<[string, string[]]>([
    ['{ users: 0, sessions: 0, percent: 0.5 }', []],
    ['{}', []],
    [
      '{ users: -1, sessions: 2.5, percent: 101 }',
      [
        `1:18: limits.users: found -1; ${count}`,
        `1:32: limits.sessions: found 2.5; ${count}`,
        `1:46: limits.percent: found 101; ${percent}`,
      ],
    ],
    ['{ users: "5" }', [`1:18: limits.users: found "5"; ${count}`]],
    ['{ users: 1e30 }', [`1:18: limits.users: found 1e+30; ${count}`]],
    ['{ users: .inf }', [`1:18: limits.users: found Infinity; ${count}`]],
    ['{ users: }', [`1:11: limits.users: found nothing; ${count}`]],
    ['{ percent: 50% }', [`1:20: limits.percent: found "50%"; ${percent}`]],
    ['{ percent: -0.1 }', [`1:20: limits.percent: found -0.1; ${percent}`]],
    ['{ percent: .nan }', [`1:20: limits.percent: found NaN; ${percent}`]],
    [
      '{ user: 5 }',
      ['1:11: limits: unknown key "user" (did you mean "users"?); allowed: users, sessions, percent'],
    ],
    ['25', ['1:9: limits: found 25; expected a map with users, sessions, percent']],
    ['', ['1:1: limits: found nothing; expected a map with users, sessions, percent']],
  ])('%s', (value, problems) => {
    expect(problemsOf(`limits: ${value}`)).toEqual(problems);
  });
});

describe('authority', () => {
  const keys = 'document, approved_by, approved_on, not_required';
  const date = 'expected a date as YYYY-MM-DD';
  const reason = 'write why, as the documentation states it, or leave it out if sessions are to be ended';

  test.each<[string, string[]]>([
    ['{ document: SSP, approved_by: ISSO, approved_on: 2026-10-01 }', []],
    ['{ approved_on: 2028-02-29 }', []],
    ['{ approved_on: 2026-02-29 }', [`1:27: authority.approved_on: found "2026-02-29"; ${date}`]],
    ['{ approved_on: 1.10.2026 }', [`1:27: authority.approved_on: found "1.10.2026"; ${date}`]],
    ['{ approved_on: 2026 }', [`1:27: authority.approved_on: found 2026; ${date}`]],
    ['{ not_required: no }', [`1:28: authority.not_required: "no" is no reason; ${reason}`]],
    ['{ not_required: "False " }', [`1:28: authority.not_required: "False " is no reason; ${reason}`]],
    ['{ not_required: no session is ever idle }', []],
    ['{ not_required: true }', ['1:28: authority.not_required: found true; expected some text']],
    ['{ not_required: "" }', ['1:28: authority.not_required: found ""; expected some text']],
    ['{ approved_by: [a] }', ['1:14: authority.approved_by: found a list; expected some text']],
    [
      '{ approved: ISSO }',
      [`1:14: authority: unknown key "approved" (did you mean "approved_by"?); allowed: ${keys}`],
    ],
    ['SSP', [`1:12: authority: found "SSP"; expected a map with ${keys}`]],
    ['', [`1:1: authority: found nothing; expected a map with ${keys}`]],
  ])('%s', (value, problems) => {
    expect(problemsOf(`authority: ${value}`)).toEqual(problems);
  });
});

describe('time_intervals, with their places', () => {
  const keys = 'times, weekdays, days_of_month, months, years, location';
  const list = 'expected a list of intervals, each after a dash';

  test.each<[string, string, string[]]>([
    [
      'a map',
      `time_intervals:
  w:
    - weekdays: [monday, frday]
      time: [{ start_time: '07:00' }]
      location: Amercia/New_York
    - times: [{ start_time: 07:00, end_time: 25:00, zone: UTC }]
  v:
    times: []
  x: []
  y:`,
      [
        '3:26: time_intervals.w[0].weekdays[1]: "frday" is no weekday (did you mean "friday"?); write sunday to saturday, or a range such as "monday:friday"',
        `4:7: time_intervals.w[0]: unknown key "time" (did you mean "times"?); allowed: ${keys}`,
        '5:17: time_intervals.w[0].location: "Amercia/New_York" is no zone of the tz database (did you mean "America/New_York"?); write a name such as America/New_York, UTC or Local',
        '6:46: time_intervals.w[1].times[0].end_time: "25:00" is no time of day; write HH:MM from 00:00 to 24:00',
        '6:53: time_intervals.w[1].times[0]: unknown key "zone"; allowed: start_time, end_time',
        `7:3: time_intervals.v: found a map; ${list}`,
        '9:3: time_intervals.x: found an empty list; expected at least one interval; with none it would never be open',
        `10:3: time_intervals.y: found nothing; ${list}`,
      ],
    ],
    [
      'a list',
      `time_intervals:
  - name: w
    time_intervals:
      - weekdays: [frday]
        times: [{ start_time: '07:00', end_tme: '08:00' }]
    location: UTC
  - name: w
    time_interval: [{}]
  - 5`,
      [
        '4:20: time_intervals[0].time_intervals[0].weekdays[0]: "frday" is no weekday (did you mean "friday"?); write sunday to saturday, or a range such as "monday:friday"',
        '5:17: time_intervals[0].time_intervals[0].times[0].end_time: missing; expected a time of day in quotes, "HH:MM"',
        '5:40: time_intervals[0].time_intervals[0].times[0]: unknown key "end_tme" (did you mean "end_time"?); allowed: start_time, end_time',
        '6:5: time_intervals[0]: unknown key "location"; allowed: name, time_intervals',
        `7:5: time_intervals[1].time_intervals: missing; ${list}`,
        '7:11: time_intervals[1].name: "w" is the name of an earlier time interval',
        '8:5: time_intervals[1]: unknown key "time_interval" (did you mean "time_intervals"?); allowed: name, time_intervals',
        '9:5: time_intervals[2]: found 5; expected a map with name, time_intervals',
      ],
    ],
    [
      'a text',
      'time_intervals: noon',
      ['1:17: time_intervals: found "noon"; expected names, each with a list of intervals'],
    ],
    [
      'nothing',
      'time_intervals:',
      ['1:1: time_intervals: found nothing; expected names, each with a list of intervals'],
    ],
  ])('%s', (_name, lines, problems) => {
    expect(problemsOf(lines)).toEqual(problems);
  });
});
