import type { Known } from '../evaluate.ts';
import type { OpenEnd, Step } from '../evidence.ts';
import { checkText } from '../stig.ts';
import { noRun } from './no-run.ts';

/** Step 3: it ends the sessions, by user. */
export function terminationStep(known: Known): Step {
  const { loaded, lastRun, book } = known;
  const total = totals(known);
  const step = {
    name: 'termination',
    title: 'It ends them, by user',
    asked: checkText.termination,
    facts: factsOf(known, total),
  } as const;
  if (loaded.policy.mode === 'report') {
    return {
      ...step,
      state: 'contradicted',
      because: ['The policy has mode: report, so its runs end nothing.'],
    };
  }
  if (lastRun === undefined) return { ...step, state: 'unseen', because: [noRun] };
  const problems = problemsOf(known);
  if (problems.length > 0) return { ...step, state: 'contradicted', because: problems };
  if (book.lastTermination === undefined) {
    return {
      ...step,
      state: 'unseen',
      because: [
        'No session has had to end yet: let one end with reaper run --only USER --reason TEXT to show it.',
      ],
    };
  }
  const last = new Date(book.lastTermination).toISOString();
  const inWindow = `${many(total.ended + total.killed, 'session')} of ${many(total.users, 'user')} ended on every member`;
  return {
    ...step,
    state: 'shown',
    because: [
      total.ended + total.killed > 0
        ? `${inWindow}.`
        : `Nothing had to end in the window; the last session ended at ${last}.`,
    ],
  };
}

/** What speaks against it: of the last run, and what no later run has cleared up. */
function problemsOf({ lastRun, book }: Known): string[] {
  const open = book.openEnds();
  const count = (state: OpenEnd['state']): number => open.filter((end) => end.state === state).length;
  const problems: string[] = [];
  const failed = lastRun?.counts?.['failed'] ?? 0;
  if (failed > 0) problems.push(`The last run failed to end ${many(failed, 'session')}.`);
  if (count('in_doubt') > 0)
    problems.push(`Of ${many(count('in_doubt'), 'session')} it is in doubt whether it ended.`);
  if (count('not_attempted') > 0)
    problems.push(`No kill was sent for ${many(count('not_attempted'), 'session')} that the plan had named.`);
  return problems;
}

type Totals = ReturnType<typeof totals>;

function totals({ book }: Known) {
  const all = [...book.ended.values()];
  const sum = (field: 'ended' | 'killed' | 'failed' | 'inDoubt'): number =>
    all.reduce((so, each) => so + each[field], 0);
  return {
    ended: sum('ended'),
    killed: sum('killed'),
    failed: sum('failed'),
    inDoubt: sum('inDoubt'),
    users: new Set(all.filter((each) => each.ended + each.killed > 0).map(({ user }) => user)).size,
  };
}

function factsOf({ book, lastRun, confirmation, runs }: Known, total: Totals): Step['facts'] {
  const unfinished = runs.filter(({ state }) => state === 'unfinished').map(({ runId }) => runId);
  return [
    {
      label: 'commands',
      values: [
        'killAllSessionsByPattern, by uid or by whole lsid, to each member; endSessions where the account may',
      ],
    },
    {
      label: 'sent',
      values: [`${book.kills} kills to ${lastRun?.members.join(', ') ?? 'no member'}`],
    },
    {
      label: 'outcomes',
      values: [
        `${total.ended} ended, ${total.killed} killed, ${total.failed} failed, ${total.inDoubt} in doubt`,
      ],
    },
    {
      label: 'afterwards',
      values: [
        `${book.confirmedGone} seen to have left the listing`,
        `${book.stillListed} still listed at the last run, unused`,
        `${book.usedAgain} used again by their clients`,
      ],
    },
    ...(unfinished.length === 0 ? [] : [{ label: 'runs cut off', values: unfinished }]),
    ...(confirmation === undefined
      ? []
      : [
          {
            label: 'the server’s log',
            values: [
              `${confirmation.confirmed} kills confirmed, ${confirmation.missing.length} missing, ${confirmation.foreign.length + confirmation.moreForeign} not sent by reaper (${confirmation.file})`,
            ],
          },
        ]),
  ];
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
