import { genesis, openLine, seal, type Line } from '../../src/audit/chain.ts';
import { entryOf, type AuditEvent } from '../../src/audit/event.ts';
import { now } from '../support/builders.ts';

/** A line of the audit log, written and read back; the action may be one that this version does not know. */
export function aLine(
  action: string,
  reaper: AuditEvent['reaper'],
  outcome: AuditEvent['outcome'] = 'success',
): Line {
  const entry = entryOf({ action: action as AuditEvent['action'], outcome, reaper }, new Date(now), 1);
  const opened = openLine(Buffer.from(seal(entry, genesis).line));
  if ('problem' in opened) throw new Error(opened.problem);
  return opened.line;
}
