import type { Line } from '../chain.ts';
import { ocsfClasses } from './classes.ts';
import { audited } from './finding.ts';
import { locked } from './lock.ts';
import { other, type Mapping, type OcsfSource } from './mapping-type.ts';
import { completed, planned, started } from './runs.ts';
import { said } from './said.ts';
import { attempted, gone, outcomeOf } from './sessions.ts';

/** Takes a line and who writes, and returns what OCSF calls it. */
export function mappingOf(line: Line, source: OcsfSource): Mapping {
  const found = said.parse(line.reaper);
  const outcome = line['event.outcome'];
  const common = {
    status: outcome === 'success' ? 1 : outcome === 'failure' ? 2 : 0,
    severity: outcome === 'failure' ? 3 : 1,
  } as const;
  switch (line['event.action']) {
    case 'run-started':
      return { ...common, ...started(found, source) };
    case 'plan':
      return { ...common, ...planned(found, source) };
    case 'attempt':
      return { ...common, ...attempted(found, source) };
    case 'outcome':
      return { ...common, ...outcomeOf(found) };
    case 'confirmed-gone':
      return { ...common, ...gone(found) };
    case 'run-completed':
      return { ...common, ...completed(found, source) };
    case 'lock':
      return { ...common, ...locked(found, { id: 1, name: 'Create' }) };
    case 'unlock':
      return { ...common, ...locked(found, { id: 4, name: 'Delete' }) };
    case 'audit':
      return audited(found, source);
    default:
      return {
        ...common,
        kind: ocsfClasses.base,
        activity: other(line['event.action']),
        message: line['event.action'],
        details: {},
      };
  }
}
