import type { ChainState, Evidence, ServerConfirmation } from '../../audit/evidence.ts';
import { html, type Markup } from './escape.ts';
import { chainStateOf, chip } from './states.ts';
import { table } from './table.ts';
import { counted, facts, grouped, literal, moment, section } from './words.ts';

/** A page is for reading: `reaper audit --json` has the rest, and that there is more is said. */
const most = 50;

/** The state of the audit log, on which everything else on the page rests. */
export function chainSection({ chain, auditLog }: Evidence): Markup {
  const { faults, torn, lines, files, first, after, head } = chain;
  const isCut = first !== undefined && first.sequence > 1;
  return section(
    'audit-log',
    'Audit log',
    html`
      <p>${chip(chainStateOf(chain))}</p>
      ${facts([
        ['Log', literal(auditLog)],
        ['Files read', files.length === 0 ? 'none' : files.map((file) => html`<div>${literal(file)}</div> `)],
        ['Lines', grouped(lines)],
        [
          'Torn lines',
          `${grouped(torn)}${torn === 0 ? '' : ', left by crashes and accounted for by the line after'}`,
        ],
        [
          'First line',
          isCut
            ? html`number ${first.sequence}, ${moment(first.at)}; what came before was not seen`
            : undefined,
        ],
        ['Said to follow', isCut && after !== undefined ? literal(after) : undefined],
        ['Last line', head === undefined ? 'none: the log is empty' : `number ${head.sequence}`],
        ['Its hash', head && literal(head.hash)],
      ])}
      ${faultsTable(faults)}
      <p class="note">
        Each line carries the hash of the one before, and reaper notes the last: so what was changed, added,
        taken out or cut off shows. Who may write to the log and to that note could make both anew: hold the
        last hash against one that was kept elsewhere, as in the log of the host.
      </p>
    `,
  );
}

function faultsTable(faults: ChainState['faults']): Markup | undefined {
  if (faults.length === 0) return undefined;
  return html`
    ${table({
      caption: 'Where it was changed',
      headings: ['File', 'Line', 'What is wrong'],
      rows: faults.slice(0, most).map(({ file, line, problem }) => [literal(file), line, problem]),
    })}
    ${more(faults.length - most, 'fault')}
  `;
}

/** What the log of the server itself says of the same time. */
export function confirmationSection(confirmation: ServerConfirmation | undefined): Markup | undefined {
  if (confirmation === undefined) return undefined;
  const { file, member, confirmed, missing, foreign, cursorsClosed, from, to, unreadable } = confirmation;
  const byOthers = foreign.length + confirmation.moreForeign;
  return section(
    'server-log',
    'The server’s own log',
    html`
      ${facts([
        ['File', literal(file)],
        ['Of the member', member === undefined ? 'unknown' : literal(member)],
        ['First entry', from === undefined ? 'unknown' : moment(from)],
        ['Last entry', to === undefined ? 'unknown' : moment(to)],
        ['Kills that it confirms', grouped(confirmed)],
        ['Kills that it lacks', grouped(missing.length)],
        ['Kills by others', grouped(byOthers)],
        ['Cursors that it closed', grouped(cursorsClosed)],
        ['Lines that cannot be read', grouped(unreadable)],
      ])}
      ${missingTable(missing)} ${foreignTable(foreign, byOthers)}
    `,
  );
}

function missingTable(missing: ServerConfirmation['missing']): Markup | undefined {
  if (missing.length === 0) return undefined;
  return html`
    ${table({
      caption: 'In the audit log, and not in the server’s',
      headings: ['Time', 'User', 'Run'],
      rows: missing
        .slice(0, most)
        .map(({ at, user, runId }) => [
          moment(at),
          user === undefined ? 'unknown' : literal(user),
          literal(runId),
        ]),
    })}
    ${more(missing.length - most, 'kill')}
  `;
}

function foreignTable(foreign: ServerConfirmation['foreign'], byOthers: number): Markup | undefined {
  if (foreign.length === 0) return undefined;
  return html`
    ${table({
      caption: 'In the server’s log, and of no run in the audit log',
      headings: ['Time', 'By', 'Command', 'Why it is not reaper’s'],
      rows: foreign
        .slice(0, most)
        .map(({ at, by, command, because }) => [moment(at), literal(by), literal(command), because]),
    })}
    ${more(byOthers - Math.min(most, foreign.length), 'kill')}
  `;
}

function more(left: number, noun: string): Markup | undefined {
  return left > 0 ? html`<p class="note">And ${counted(left, `more ${noun}`)}.</p>` : undefined;
}
