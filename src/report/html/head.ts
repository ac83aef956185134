import type { Evidence } from '../../audit/evidence.ts';
import { cci, nistControl } from '../../audit/stig.ts';
import { formatDuration } from '../../policy/duration.ts';
import { html, type Content, type Markup } from './escape.ts';
import { chainStateOf, sign, statuses, type Tone } from './states.ts';
import { counted, facts, grouped, literal, moment } from './words.ts';

/** What stands on top: the status, of what, where and when, and why. */
export function pageHeader(evidence: Evidence): Markup {
  const { stig, status, at, host, deployment, version } = evidence;
  const { words, tone } = statuses[status];
  return html`
    <header class="${tone}">
      <div class="column">
        <p class="kicker">Evidence for ${nistControl} (${cci})</p>
        <h1>
          ${sign(tone)}<span>${stig.groupId}: <strong>${words}</strong></span>
        </h1>
        <p class="rule-title">${stig.ruleTitle}</p>
        ${facts([
          ['Deployment', deployment === undefined ? 'not known: no run is on record' : literal(deployment)],
          ['Audited', moment(at)],
          ['On host', literal(host)],
          ['By', html`reaper ${version}`],
        ])}
      </div>
    </header>
  `;
}

interface Figure {
  readonly label: string;
  readonly leadsTo: string;
  readonly value: Content;
  readonly note: string;
  readonly tone: Tone | 'plain';
}

/** The few numbers that decide, each leading to its section. */
export function figures(evidence: Evidence): Markup {
  const all = [runsFigure, gapFigure, endedFigure, openEndsFigure, chainFigure].map((of) => of(evidence));
  return html`<dl class="figures">
    ${all.map(
      ({ label, leadsTo, value, note, tone }) =>
        html`<div>
          <dt><a href="#${leadsTo}">${label}</a></dt>
          <dd class="${tone}">
            <span class="figure">${value}</span>
            <span class="note">${note}</span>
          </dd>
        </div> `,
    )}
  </dl>`;
}

function runsFigure({ runs, since, at }: Evidence): Figure {
  const bad = runs.filter(({ state }) => state === 'failed' || state === 'unfinished').length;
  return {
    label: 'Runs',
    leadsTo: 'runs',
    value: grouped(runs.length),
    note: bad === 0 ? `in ${formatDuration(at - since)}` : `${grouped(bad)} failed or unfinished`,
    tone: 'plain',
  };
}

function gapFigure({ gaps, longestGap, stig }: Evidence): Figure {
  return {
    label: 'Longest gap',
    leadsTo: 'runs',
    value: longestGap === undefined ? 'unknown' : formatDuration(longestGap),
    note:
      gaps.length > 0
        ? `${counted(gaps.length, 'gap')} over a day`
        : stig.asksForScript
          ? 'a day is allowed'
          : 'between successful runs',
    tone: gaps.length === 0 ? 'plain' : 'bad',
  };
}

function endedFigure({ ended }: Evidence): Figure {
  const users = new Set(ended.map(({ user }) => user)).size;
  return {
    label: 'Sessions ended',
    leadsTo: 'ended',
    value: grouped(ended.reduce((total, each) => total + each.ended + each.killed, 0)),
    note: `of ${counted(users, 'user')}`,
    tone: 'plain',
  };
}

function openEndsFigure({ openEnds }: Evidence): Figure {
  const doubt = openEnds.length > 0;
  return {
    label: 'Open ends',
    leadsTo: 'open-ends',
    value: grouped(openEnds.length),
    note: doubt ? 'in doubt or never attempted' : 'none in doubt',
    tone: doubt ? 'doubt' : 'plain',
  };
}

function chainFigure({ chain }: Evidence): Figure {
  const { words, tone } = chainStateOf(chain);
  return {
    label: 'Audit log',
    leadsTo: 'audit-log',
    value: words.toLowerCase(),
    note: chain.intact ? counted(chain.lines, 'line') : counted(chain.faults.length, 'fault'),
    tone: tone === 'good' ? 'plain' : tone,
  };
}
