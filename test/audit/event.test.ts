import { describe, expect, test } from 'vitest';
import { genesis, openLine, seal } from '../../src/audit/chain.ts';
import { entryOf, type AuditEvent } from '../../src/audit/event.ts';

const at = new Date('2026-07-01T12:00:00Z');
const lineOf = (event: AuditEvent): string => seal(entryOf(event, at, 1), genesis).line;

describe('a line of the audit log', () => {
  test('says when, what and by whom in ECS fields', () => {
    const line = lineOf({ action: 'plan', outcome: 'failure', reaper: { run_id: 'r', user: undefined } });
    expect(JSON.parse(line)).toMatchObject({
      '@timestamp': '2026-07-01T12:00:00.000Z',
      'event.action': 'plan',
      'event.outcome': 'failure',
      'event.provider': 'reaper',
      reaper: { run_id: 'r' },
    });
  });

  test.each<[AuditEvent['action'], AuditEvent['outcome'], string]>([
    ['outcome', 'success', 'end'],
    ['outcome', 'failure', 'info'],
    ['outcome', 'unknown', 'info'],
    ['run-completed', 'success', 'info'],
  ])('%s, %s is of type %s', (action, outcome, type) => {
    expect(JSON.parse(lineOf({ action, outcome, reaper: {} }))['event.type']).toEqual([type]);
  });

  test('is one line whatever is in it', () => {
    const odd = 'a\nb\r\u2028\u0000"\\\ud800';
    const line = lineOf({ action: 'plan', outcome: 'success', reaper: { odd } });
    expect(line).not.toMatch(/[\n\r\0]/);
    expect(JSON.parse(line).reaper.odd).toBe(odd.toWellFormed());
    expect(openLine(Buffer.from(line))).toHaveProperty('line');
  });
});
