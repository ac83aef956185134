import { describe, expect, test } from 'vitest';
import type { Line } from '../../src/audit/chain.ts';
import { ocsfEventsOf, type OcsfEvent } from '../../src/audit/ocsf.ts';
import { stigs } from '../../src/audit/stig.ts';
import { aLine } from './a-line.ts';
import { alice, audit, lock, outcomeLine, source } from './ocsf-lines.ts';
import { breaches } from './ocsf-schema.ts';

function eventOf(line: Line): OcsfEvent {
  const [event] = ocsfEventsOf(line, source);
  if (event === undefined) throw new Error('no event');
  return event;
}

describe('the fields of the class', () => {
  test('a logoff: whose session, which, and why', () => {
    expect(eventOf(outcomeLine('killed', 'success'))).toMatchObject({
      type_name: 'Authentication: Logoff',
      user: { name: 'alice@admin', uid: alice.uid },
      session: { uid: alice.id, uuid: alice.id, expiration_reason: 'idle for 21m, limit 15m' },
      status: 'Success',
      status_code: 'killed',
      status_detail: 'nothing runs in it',
      metadata: { correlation_uid: 'run-1' },
    });
  });

  test('a logoff of an unknown owner has the uid alone', () => {
    const event = eventOf(outcomeLine('ended', 'success', { ...alice, user: null }));
    expect(event['user']).toEqual({ uid: alice.uid });
    expect(event['message']).toContain(`of an unknown owner (uid ${alice.uid}): ended`);
    expect(breaches(event)).toEqual([]);
  });

  test('a start: which host and account', () => {
    expect(
      eventOf(aLine('run-started', { run_id: 'run-1', mode: 'enforce', account: ['reaper@admin'] })),
    ).toMatchObject({
      device: { hostname: 'mongo-prod-01' },
      job: { name: 'reaper', run_state: 'Running' },
      actor: { app_name: 'reaper', user: { name: 'reaper@admin' } },
    });
  });

  test.each([
    ['not_a_finding', 1, 'Pass'],
    ['not_reviewed', 2, 'Warning'],
    ['open', 3, 'Fail'],
    ['something else', 0, 'Unknown'],
  ])('an audit: %s is %d, %s', (status, id, name) => {
    const event = eventOf(aLine('audit', { ...audit, status }));
    expect(event).toMatchObject({
      finding_info: {
        uid: 'reaper:V-281700:mongo-prod-01:/etc/reaper/policy.yaml',
        title: stigs['8'].ruleTitle,
      },
      compliance: {
        control: 'AC-12',
        checks: [{ uid: 'V-281700', status: name, status_id: id }],
        status: name,
        status_id: id,
        status_code: status,
        status_details: ['audit log intact', 'attested: The ISSO says so.'],
      },
    });
    expect(breaches(event)).toEqual([]);
  });

  test('a lock is no account that the server locked', () => {
    expect(eventOf(aLine('lock', { lock }))).toMatchObject({
      class_name: 'Entity Management',
      entity: { name: 'lock of alice@admin', type: 'lock', data: { reason: 'incident 7' } },
      comment: 'incident 7',
    });
  });
});
