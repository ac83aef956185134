import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/plan/simulate.ts';
import { simulateJson, simulateToJson, type SimulateJson } from '../../src/report/simulate.ts';
import { simulateToText } from '../../src/report/simulate-text.ts';
import { styleFor } from '../../src/report/style.ts';
import type { Saved } from '../../src/snapshot-file/schema.ts';
import { aPolicy, aSavedSnapshot } from '../support/a-saved-snapshot.ts';
import { aSession, minute, now } from '../support/builders.ts';
import { oddNames } from './a-run-result.ts';

const plain = styleFor({}, {});
const idle = 'rules: [{ name: idle, when: { idle_for: 15m } }]';

interface Options {
  readonly saved: Saved;
  readonly policy?: string;
  readonly against?: string;
  readonly from?: number;
}

function reported({ saved, policy = idle, against, from = now }: Options): SimulateJson {
  const steps = { from, to: now + 20 * minute, every: 5 * minute };
  const side = (yaml: string) => ({
    policy: aPolicy(yaml),
    sha256: 'a'.repeat(64),
    result: simulate({ ...saved, policy: aPolicy(yaml), steps, sessionTimeout: 30 * minute }),
  });
  const json = simulateToJson({
    ...side(policy),
    file: 'now.json',
    saved,
    steps,
    keepListed: false,
    against: against === undefined ? undefined : side(against),
  });
  expect(simulateJson.parse(JSON.parse(JSON.stringify(json)))).toEqual(json);
  return json;
}

const two = aSavedSnapshot({
  sessions: [
    aSession({ id: 1, flushedAgo: 6 * minute }),
    aSession({ id: 2, owner: 'bob@admin', operations: 1 }),
  ],
});

describe('simulate', () => {
  test('counts each session once, and says when and why', () => {
    const json = reported({ saved: two });
    expect(json).toMatchObject({
      instants: 5,
      every_seconds: 300,
      counts: { listed: 2, ended: 1, left_listing: 0, alive: 1, indeterminate: 0 },
      ended: [
        {
          at: '2026-07-01T12:10:00.000Z',
          user: 'alice@admin',
          rule: 'idle',
          because: 'idle for 16m, limit 15m',
        },
      ],
      warnings: [],
    });
    expect(json.assumptions.join(' ')).toContain('leaves the listing 30m after its last use');
  });

  test('warns of what an anonymised snapshot cannot tell, also within combinations', () => {
    const saved = { ...two, anonymised: true };
    expect(reported({ saved }).warnings).toEqual([]);
    const policy = 'rules: [{ name: a, when: { not: { users: [alice@admin] } } }]';
    expect(reported({ saved, policy }).warnings.join()).toContain(
      'anonymised, and the policy asks for users',
    );
  });

  test('warns of a beginning before the snapshot, of missing memory, and of a policy that ends nothing', () => {
    const words = reported({
      saved: two,
      policy: 'mode: report\nrules: [{ name: a, when: { older_than: 1h } }]',
      from: now - minute,
    }).warnings.join(' ');
    expect(words).toContain('before the snapshot');
    expect(words).toContain('older_than cannot be decided');
    expect(words).toContain('mode report');
  });
});

describe('as text', () => {
  test('one heading for each instant, in UTC and by the clock of the zone', () => {
    const text = simulateToText(reported({ saved: two }), 'Europe/Berlin', plain).join('\n');
    expect(text).toContain(
      '2026-07-01T12:10Z (Wed 2026-07-01 14:10+02:00 Europe/Berlin) · 1 would end\n' +
        '  alice@admin  00000000  idle: idle for 16m, limit 15m\n',
    );
    expect(text).toMatch(/2 listed · 1 would end · 0 left the listing · 1 still listed · 0 indeterminate$/);
  });

  test('an hour that comes twice can be told by its offset', () => {
    const at = (iso: string): SimulateJson => ({ ...reported({ saved: two }), from: iso });
    const berlin = (iso: string) => simulateToText(at(iso), 'Europe/Berlin', plain).join('\n');
    expect(berlin('2026-10-25T00:30:00.000Z')).toContain('Sun 2026-10-25 02:30+02:00');
    expect(berlin('2026-10-25T01:30:00.000Z')).toContain('Sun 2026-10-25 02:30+01:00');
  });

  test('the difference from another policy', () => {
    const json = reported({
      saved: two,
      against: 'rules: [{ name: hers, when: { users: [bob@admin] } }]',
    });
    expect(json.against).toMatchObject({
      newly_ended: [{ user: 'alice@admin' }],
      no_longer_ended: [{ user: 'bob@admin' }],
      at_other_times: [],
    });
    const text = simulateToText(json, undefined, plain).join('\n');
    expect(text).toContain('would newly end 1, would no longer end 1');
    expect(text.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
  });

  test('is no wider than 80 and obeys no name', () => {
    const saved = aSavedSnapshot({
      sessions: oddNames.map((owner, id) => aSession({ id, owner, flushedAgo: 20 * minute })),
      silentMembers: ['m1'],
    });
    for (const each of [saved, { ...saved, snapshot: { ...saved.snapshot, silentMembers: [] } }]) {
      const lines = simulateToText(reported({ saved: each, against: idle }), 'America/New_York', plain);
      expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
      expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });
});
