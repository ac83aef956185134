import type { History, Span, WatchedRun, WatchedSession } from './history.ts';
import type { Judgement, Violation } from './observer.ts';
import type { Ran } from './runs.ts';
import { momentsOf } from './seen.ts';

/** One run in a line; one that broke off with the words of the servers. */
export function line({ run, json, stderr, refused }: Ran): string {
  const { number, exitCode, called } = run;
  const counts = Object.entries(json?.counts ?? {}).filter(([, count]) => count > 0);
  const words = counts.map(([name, count]) => `${count} ${name}`).join(' · ');
  const why = [stderr.trim(), ...refused].join('\n    ');
  return `  run ${number}: exit ${exitCode} after ${called.to - called.from} ms · ${json === undefined ? why : words}`;
}

/** What was done and what came of it, in lines for a terminal. */
export function summary({ sessions, runs, faults }: History, judgement: Judgement): string[] {
  const { lost, hadToEnd, otherErrors, violations } = judgement;
  const outcomes = runs.flatMap((run) => [...run.outcomes.values()]);
  const ended = outcomes.filter((outcome) => outcome === 'ended' || outcome === 'killed').length;
  const spared = outcomes.filter((outcome) => outcome === 'spared').length;
  const untouched = sessions.filter((session) => runs.every((run) => !run.attempted.has(session.id))).length;
  const things = sessions.flatMap((session) => session.things);
  const stops = faults.filter(({ kind }) => kind === 'stop').length;
  const stepDowns = faults.filter(({ what }) => what === 'stepdown').length;
  const changes = faults.filter(({ what }) => what.endsWith('is RSPrimary')).length;
  const unclear = ['failed', 'in_doubt'].map(
    (name) => `${outcomes.filter((outcome) => outcome === name).length} ${name}`,
  );
  return [
    `sessions    ${sessions.length} opened · ${ended} ended · ${unclear.join(' · ')} · ${spared} spared at the last look · ${untouched} never attempted`,
    `held        ${things.length} cursors, transactions and operations watched`,
    `lost        ${lost.ended} to a run that may end them · ${lost.window} to the window of endSessions · ${lost.election} to an election`,
    `had to end  ${hadToEnd} sessions, all gone after the run unless listed below`,
    `runs        ${runs.length}: ${tally(runs.map(({ exitCode }) => `exit ${exitCode}`))}`,
    `faults      ${stops} members stopped and continued · ${stepDowns} stepdowns · ${changes} changes of primary seen`,
    `other ends  ${[...otherErrors].map(([name, count]) => `${count} ${name}`).join(', ') || 'none'}`,
    `violations  ${violations.length}`,
  ];
}

/** Everything that is known about a violation; times are seconds since `start`. */
export function detail(violation: Violation, { faults }: History, start: number): string[] {
  const { kind, words, session, runs } = violation;
  const at = (time: number): string => ((time - start) / 1000).toFixed(3);
  const span = ({ from, to }: Span): string => `${at(from)}–${at(to)}`;
  const ofRun = (run: WatchedRun): string[] => [
    `  run ${run.number} ${span(run.called)}, exit ${run.exitCode}, ${stagesOf(run, at)}`,
    `    ${JSON.stringify(run.policy)}`,
    ...(session === undefined
      ? []
      : [
          `    says of it: ${run.outcomes.get(session.id) ?? 'nothing'}; attempted: ${run.attempted.has(session.id)}`,
        ]),
  ];
  const ofSession = ({ id, user, app, uses, things, left }: WatchedSession): string[] => [
    `  session ${id} of ${user}, app ${app}${left === undefined ? '' : `, left ${span(left)}`}`,
    `    used ${uses.slice(-12).map(span).join(', ')}`,
    ...things.map(
      (thing) =>
        `    ${thing.kind} used ${thing.uses.slice(-6).map(span).join(', ')}${thing.lost ? `, ${thing.lost.error} ${span(thing.lost.span)}` : ''}${thing.released ? `, released ${span(thing.released)}` : ''}`,
    ),
  ];
  return [
    `VIOLATION: ${kind}: ${words}`,
    ...(session === undefined ? [] : ofSession(session)),
    ...runs.flatMap(ofRun),
    ...faults.map((fault) => `  fault ${fault.what} ${span(fault)}`),
  ];
}

function stagesOf(run: WatchedRun, at: (time: number) => string): string {
  const { list, look, looked, verify } = momentsOf(run);
  return `list ${at(list)}, look ${at(look)}–${at(looked)}, verify ${at(verify)}`;
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} × ${word}`).join(', ') || 'none';
}
