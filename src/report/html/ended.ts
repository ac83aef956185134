import type { EndedCount, OpenEnd } from '../../audit/evidence.ts';
import { html, type Markup } from './escape.ts';
import { table } from './table.ts';
import { counted, literal, section } from './words.ts';

/** A page is for reading: `reaper audit --json` has the rest, and that there is more is said. */
const mostRows = 100;

/** What was ended in the window, by rule and by user. */
export function endedSection(ended: readonly EndedCount[]): Markup {
  if (ended.length === 0)
    return section('ended', 'What was ended', html`<p>Nothing was ended in this time.</p>`);
  return section(
    'ended',
    'What was ended',
    html`
      <p>
        An <em>ended</em> session ran nothing on any member any more and was taken off the listing. A
        <em>killed</em> one ran nothing any more, and stays listed until the server expires it.
      </p>
      ${endedTable('rule', ended)} ${endedTable('user', ended)}
    `,
  );
}

interface Total {
  readonly name: string;
  readonly counts: Counts;
}

type Counts = readonly [ended: number, killed: number, failed: number, inDoubt: number];

function totals(ended: readonly EndedCount[], by: 'rule' | 'user'): Total[] {
  const groups = new Map<string, EndedCount[]>();
  for (const each of ended) {
    const group = groups.get(each[by]) ?? [];
    group.push(each);
    groups.set(each[by], group);
  }
  return [...groups]
    .map(([name, group]) => ({ name, counts: sumOf(group) }))
    .sort((a, b) => gone(b.counts) - gone(a.counts));
}

function sumOf(ended: readonly EndedCount[]): Counts {
  const sum = (of: (each: EndedCount) => number): number =>
    ended.reduce((total, each) => total + of(each), 0);
  return [
    sum(({ ended }) => ended),
    sum(({ killed }) => killed),
    sum(({ failed }) => failed),
    sum(({ inDoubt }) => inDoubt),
  ];
}

function gone([ended, killed]: Counts): number {
  return ended + killed;
}

function endedTable(by: 'rule' | 'user', ended: readonly EndedCount[]): Markup {
  const all = totals(ended, by);
  const most = Math.max(1, ...all.slice(0, 1).map(({ counts }) => gone(counts)));
  const left = all.length - mostRows;
  return html`
    ${table({
      caption: by === 'rule' ? 'By rule' : 'By user',
      headings: [by === 'rule' ? 'Rule' : 'User', 'Ended', 'Killed', 'Failed', 'In doubt'],
      rows: all
        .slice(0, mostRows)
        .map(({ name, counts }) => [
          html`${literal(name)}${bar(Math.round((gone(counts) / most) * 100))}`,
          ...counts,
        ]),
      total: ['All', ...sumOf(ended)],
    })}
    ${
      left > 0
        ? html`<p class="note">And ${counted(left, `more ${by}`)}; the totals are of all.</p>`
        : undefined
    }
  `;
}

function bar(percent: number): Markup {
  return html`<svg class="bar" width="100%" height="4" aria-hidden="true">
    <rect width="${percent}%" height="4" rx="2" />
  </svg>`;
}

const openEndWords = {
  in_doubt: 'in doubt: sent, and no outcome is certain',
  not_attempted: 'never attempted: planned, and nothing was sent',
} as const satisfies Record<OpenEnd['state'], string>;

/** Sessions whose end the log leaves open. */
export function openEndsSection(openEnds: readonly OpenEnd[]): Markup {
  const left = openEnds.length - mostRows;
  return section(
    'open-ends',
    'Open ends',
    openEnds.length === 0
      ? html`<p>None: of everything that was planned, the log tells the outcome.</p>`
      : html`
          ${table({
            caption: `${counted(openEnds.length, 'session')} whose end the log leaves open`,
            headings: ['User', 'State', 'Session', 'Run'],
            rows: openEnds
              .slice(-mostRows)
              .map(({ user, uid, state, sessionId, runId }) => [
                user === undefined ? ['unknown', uid && html`, uid ${literal(uid)}`] : literal(user),
                html`<span class="doubt">${openEndWords[state]}</span>`,
                sessionId === undefined ? 'all of the user’s' : literal(sessionId),
                literal(runId),
              ]),
          })}
          ${left > 0 ? html`<p class="note">Before these, ${counted(left, 'more session')}.</p>` : undefined}
        `,
  );
}
