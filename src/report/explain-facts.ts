import { formatDuration } from '../policy/duration.ts';
import type { ExplainJson } from './explain.ts';
import { visible } from './visible.ts';

/** What is known of the session, each with where it was seen. */
export function factsOf(session: ExplainJson['sessions'][number]): [string, string][] {
  const { in_collection: flushed, in_local_list: local, idle_seconds: idle } = session;
  const uses = [
    ...(local === null ? [] : [`${local.last_use} in the local list of ${local.member}`]),
    ...(flushed === null ? [] : [`${flushed} in config.system.sessions`]),
  ];
  const gone = (value: boolean | null): string => (value === true ? ', its client is gone' : '');
  const operations = session.held.filter((held) => held.split(' ')[1] === 'operation');
  const holds = [
    ...operations.map((held) => `an operation on ${held.split(' ')[0]}`),
    ...session.resources.map(
      (each) =>
        `a ${each.kind} on ${each.member}, idle ${formatDuration(each.idle_seconds * 1000)}, open ${formatDuration(each.open_seconds * 1000)}${gone(each.client_gone)}`,
    ),
  ];
  const facts: [string, string][] = [
    ['last use', uses.length === 0 ? 'in no list' : uses.join('; ')],
    ...(idle === null ? [] : [['idle', formatDuration(idle * 1000)] satisfies [string, string]]),
    ['holds', holds.length === 0 ? 'nothing on any member that answered' : holds.join('; ')],
    ['client', session.clients.length === 0 ? 'not known' : session.clients.join(', ')],
    ['application', session.apps.length === 0 ? 'not known' : session.apps.join(', ')],
  ];
  if (session.roles !== null) facts.push(['roles', session.roles.join(', ') || 'none']);
  if (session.first_seen !== null) facts.push(['first seen', session.first_seen]);
  return facts.map(([word, text]) => [word, visible(text)]);
}
