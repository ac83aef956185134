import type { JsonValue } from './json-value.ts';

/** One thing that happened, in a run's own words. */
export interface AuditEvent {
  readonly action:
    | 'run-started'
    | 'plan'
    | 'attempt'
    | 'outcome'
    | 'confirmed-gone'
    | 'run-completed'
    | 'lock'
    | 'unlock'
    | 'audit';
  readonly outcome: 'success' | 'failure' | 'unknown';
  readonly reaper: { readonly [key: string]: JsonValue };
}

/** What a line of the audit log says, but for its place in the chain. */
export interface Entry {
  readonly '@timestamp': string;
  readonly 'event.action': AuditEvent['action'];
  readonly 'event.outcome': AuditEvent['outcome'];
  readonly 'event.sequence': number;
  readonly reaper: AuditEvent['reaper'];
}

/** Takes an event, when it happened and its number in the log, and returns it with ECS field names. */
export function entryOf(event: AuditEvent, at: Date, sequence: number): Entry {
  const ecs = {
    '@timestamp': at.toISOString(),
    'ecs.version': '8.17.0',
    'event.action': event.action,
    'event.category': ['session'],
    'event.dataset': 'reaper.audit',
    'event.kind': 'event',
    'event.outcome': event.outcome,
    'event.provider': 'reaper',
    'event.sequence': sequence,
    'event.type': event.action === 'outcome' && event.outcome === 'success' ? ['end'] : ['info'],
    reaper: event.reaper,
  };
  return ecs;
}
