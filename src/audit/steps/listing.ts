import type { Known } from '../evaluate.ts';
import type { Step } from '../evidence.ts';
import { checkText } from '../stig.ts';
import { noRun } from './no-run.ts';

/** Step 1: it lists all user sessions, on every member. */
export function listingStep(known: Known): Step {
  const { lastRun } = known;
  const step = {
    name: 'listing',
    title: 'It lists all user sessions',
    asked: checkText.listing,
  } as const;
  if (lastRun === undefined) return { ...step, state: 'unseen', because: [noRun], facts: [] };
  const { counts, members, membersSilent, account, actions, finishedAt = lastRun.startedAt } = lastRun;
  const facts = [
    {
      label: 'commands',
      values: [
        '{ $listSessions: { allUsers: true } } on config.system.sessions',
        '{ $listLocalSessions: { allUsers: true } } and $currentOp on each member',
      ],
    },
    { label: 'account', values: account },
    { label: 'its privileges on the cluster', values: [actions.join(', ')] },
    { label: 'members', values: members },
    ...(membersSilent.length === 0 ? [] : [{ label: 'did not answer', values: membersSilent }]),
    ...(counts === undefined ? [] : [{ label: 'last run', values: [countsText(counts)] }]),
  ];
  const when = `The last run (${new Date(finishedAt).toISOString()})`;
  if (!actions.includes('listSessions')) {
    return {
      ...step,
      state: 'unseen',
      because: [`${when} does not say that its account may list all sessions.`],
      facts,
    };
  }
  if (counts === undefined)
    return { ...step, state: 'unseen', because: [`${when} broke off before it listed anything.`], facts };
  if (membersSilent.length > 0) {
    return {
      ...step,
      state: 'unseen',
      because: [`${when} had no answer from ${membersSilent.join(', ')}.`],
      facts,
    };
  }
  const listed = counts['listed'] ?? 0;
  return {
    ...step,
    state: 'shown',
    because: [
      `${when} listed ${listed} ${listed === 1 ? 'session' : 'sessions'} on ${members.length} members.`,
    ],
    facts,
  };
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([name, count]) => count > 0 || name === 'listed')
    .map(([name, count]) => `${count} ${name.replace('_', ' ')}`)
    .join(', ');
}
