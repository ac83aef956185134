import type { Line } from './chain.ts';
import { mappingOf } from './ocsf/mapping.ts';
import type { OcsfSource } from './ocsf/mapping-type.ts';

/** The version of the Open Cybersecurity Schema Framework that the events keep to. */
export const ocsfVersion = '1.7.0';

/** An event for a log collector; fields and their meaning are OCSF's. */
export interface OcsfEvent {
  readonly class_uid: number;
  readonly category_uid: number;
  readonly activity_id: number;
  readonly type_uid: number;
  readonly severity_id: number;
  /** ms since the epoch. */
  readonly time: number;
  readonly [field: string]: unknown;
}

const statusNames = { 0: 'Unknown', 1: 'Success', 2: 'Failure' } as const;
const severityNames = { 1: 'Informational', 2: 'Low', 3: 'Medium' } as const;

/**
 * Takes a line of the audit log and returns it as OCSF events: one for each session of a line that tells of several,
 * else one.
 *
 * Nothing of the line is lost: what OCSF has no field for is in `unmapped`. The line’s hash is `metadata.uid`, with a
 * number where there are several, so that event and line can be held against each other, and an event that was sent
 * twice shows. A line whose action this version does not know becomes a base event.
 */
export function ocsfEventsOf(line: Line, source: OcsfSource): OcsfEvent[] {
  const { sessions } = line.reaper;
  const tellsOfSessions = line['event.action'] === 'outcome' || line['event.action'] === 'confirmed-gone';
  if (!tellsOfSessions || !Array.isArray(sessions) || sessions.length < 2)
    return [eventOf(line, source, line.chain.hash)];
  return sessions.map((session, at) => {
    const own = { ...line, reaper: { ...line.reaper, sessions: [session] } };
    return eventOf(own, source, `${line.chain.hash}/${at + 1}`);
  });
}

function eventOf(line: Line, source: OcsfSource, uid: string): OcsfEvent {
  const { kind, activity, status, severity, message, details } = mappingOf(line, source);
  const runId = line.reaper['run_id'];
  return {
    class_uid: kind.uid,
    class_name: kind.name,
    category_uid: kind.category.uid,
    category_name: kind.category.name,
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: kind.uid * 100 + activity.id,
    type_name: `${kind.name}: ${activity.id === 99 ? 'Other' : activity.name}`,
    time: Date.parse(line['@timestamp']),
    severity_id: severity,
    severity: severityNames[severity],
    ...(status === undefined ? {} : { status_id: status, status: statusNames[status] }),
    message,
    metadata: {
      version: ocsfVersion,
      product: { name: 'reaper', version: source.version },
      uid,
      original_event_uid: line.chain.hash,
      sequence: line['event.sequence'],
      ...(typeof runId === 'string' ? { correlation_uid: runId } : {}),
      event_code: line['event.action'],
      log_name: 'reaper.audit',
      log_provider: 'reaper',
      log_format: 'JSON',
      original_time: line['@timestamp'],
    },
    ...details,
    unmapped: { event_outcome: line['event.outcome'], reaper: line.reaper, chain: line.chain },
  };
}
