import type { Evidence, RecordedRun } from '../../audit/evidence.ts';
import { formatDuration } from '../../policy/duration.ts';
import { html, type Markup } from './escape.ts';
import {
  extentOf,
  gapLabelsOf,
  kindOf,
  lanes,
  marksOf,
  percentAt,
  stretchesOf,
  ticksOf,
  type Kind,
  type Span,
} from './timeline-data.ts';
import { counted, grouped } from './words.ts';

const laneHeight = 38;
const labelLine = 17;
const axisHeight = 26;

/**
 * The runs over time, as a picture with a legend. Across, everything is a percentage, so that it fits a phone and a
 * sheet of paper without its letters shrinking.
 */
export function timeline(evidence: Evidence): Markup {
  const span = { from: evidence.since, to: evidence.at };
  const shown = lanes.filter(
    ({ kind }) => kind === 'succeeded' || evidence.runs.some((run) => kindOf(run) === kind),
  );
  const labels = gapLabelsOf(evidence.gaps, span);
  const top = labels.length === 0 ? 0 : labelLine * (Math.max(...labels.map(({ line }) => line)) + 1) + 4;
  const bottom = top + shown.length * laneHeight;
  return html`
    <figure class="picture">
      <svg
        class="timeline"
        width="100%"
        height="${bottom + axisHeight}"
        role="img"
        aria-label="${summaryOf(evidence)}"
      >
        ${shapes} ${axis(span, top, bottom)} ${gaps(evidence, span, top, bottom)}
        ${labels.map(
          ({ gap, percent, line }) =>
            html`<text class="gap-length" x="${percent}%" y="${labelLine * (line + 1) - 4}"
              >${formatDuration(gap.to - gap.from)}</text
            >`,
        )}
        ${shown.map(({ kind, name }, at) => lane({ kind, name, top: top + at * laneHeight }, evidence.runs, span))}
      </svg>
      ${legend(shown, evidence.gaps.length > 0)}
    </figure>
  `;
}

/** What the picture shows, for those who cannot see it. */
function summaryOf({ runs, gaps }: Evidence): string {
  const counts = lanes.map(({ kind, name }) => {
    const count = runs.filter((run) => kindOf(run) === kind).length;
    return `${grouped(count)} ${name.toLowerCase()}`;
  });
  return `Timeline of ${counted(runs.length, 'run')}: ${counts.join(', ')}; ${counted(gaps.length, 'gap')} of more than 24 hours without a successful run. The tables below say the same in words.`;
}

const shapes = html`<defs>
  <path id="mark-succeeded" d="M-7-6H7V6H-7Z" />
  <path id="mark-failed" d="M0-7 7 0 0 7-7 0Z" />
  <path id="mark-unfinished" d="M0-6.5 7 6H-7Z" />
  <circle id="mark-ended-nothing" r="4.5" />
  <path id="mark-by-hand" d="M-5-5H5V5H-5Z" />
  <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="hatch-ground" width="7" height="7" />
    <rect class="hatch-line" width="2.5" height="7" />
  </pattern>
</defs>`;

function axis(span: Span, top: number, bottom: number): Markup {
  const ticks = ticksOf(span).map(({ at, label }) => {
    const x = percentAt(at, span);
    const side = x < 2 ? 'start' : x > 98 ? 'end' : 'middle';
    return html`<line class="tick" x1="${x}%" x2="${x}%" y1="${top}" y2="${bottom + 5}" /><text
        class="tick-label ${side}"
        x="${x}%"
        y="${bottom + 20}"
        >${label}</text
      >`;
  });
  return html`${ticks}<line class="axis" x1="0" x2="100%" y1="${bottom}" y2="${bottom}" />`;
}

function gaps({ gaps }: Evidence, span: Span, top: number, bottom: number): Markup {
  return html`${gaps.map((gap) => {
    const { x, width } = extentOf(gap, span);
    return html`<rect class="gap" x="${x}%" width="${width}%" y="${top}" height="${bottom - top}" />`;
  })}`;
}

interface Lane {
  readonly kind: Kind;
  readonly name: string;
  readonly top: number;
}

function lane({ kind, name, top }: Lane, runs: readonly RecordedRun[], span: Span): Markup {
  const own = runs.filter((run) => kindOf(run) === kind);
  const middle = top + 26;
  return html`<text class="lane-name" x="0" y="${top + 13}">${name}: ${grouped(own.length)}</text
    ><line
      class="track"
      x1="0"
      x2="100%"
      y1="${middle}"
      y2="${middle}"
    />${kind === 'succeeded' ? bars(own, span, middle) : marks(own, span, middle)}`;
}

function bars(runs: readonly RecordedRun[], span: Span, middle: number): Markup {
  const stretches = stretchesOf(
    runs.map(({ startedAt }) => startedAt),
    span,
  );
  return html`${stretches.map((stretch) => {
    const { x, width } = extentOf(stretch, span);
    return html`<rect class="succeeded" x="${x}%" width="${width}%" y="${middle - 6}" height="12" />`;
  })}`;
}

/** Drawn in this order, so that the worst lies on top. */
const outcomes = ['succeeded', 'ended-nothing', 'unfinished', 'failed'] as const;

function marks(runs: readonly RecordedRun[], span: Span, middle: number): Markup {
  return html`${outcomes.map((outcome) => {
    const moments = runs.filter(({ state }) => state === outcome).map(({ startedAt }) => startedAt);
    // Only runs by hand come here when they succeeded.
    const shape = outcome === 'succeeded' ? 'by-hand' : outcome;
    return marksOf(moments, span).map(
      (at) => html`<use class="${shape}" href="#mark-${shape}" x="${percentAt(at, span)}%" y="${middle}" />`,
    );
  })}`;
}

function legend(shown: readonly (typeof lanes)[number][], withGaps: boolean): Markup {
  return html`<figcaption>
    <ul class="legend">
      ${shown.map(
        ({ kind, means }) =>
          html`<li>
            <svg width="16" height="16" aria-hidden="true">
              <use class="${kind}" href="#mark-${kind}" x="8" y="8" />
            </svg>
            ${means}
          </li> `,
      )}
      ${
        withGaps
          ? html`<li>
              <svg width="16" height="16" aria-hidden="true"><rect class="gap" width="16" height="16" /></svg>
              more than 24h without a successful run
            </li>`
          : undefined
      }
    </ul>
  </figcaption>`;
}
