import { html } from './escape.ts';

/** The picture of the runs. */
export const timelineStyle = html`<style>
  .timeline {
    display: block;
    overflow: visible;
    font-size: 12px;
  }
  .timeline text {
    fill: var(--soft);
    stroke: var(--card);
    stroke-width: 4px;
    stroke-linejoin: round;
    paint-order: stroke;
  }
  .timeline .lane-name {
    fill: var(--ink);
  }
  .timeline .gap-length {
    fill: var(--bad);
    font-weight: 700;
    text-anchor: middle;
  }
  .timeline .middle {
    text-anchor: middle;
  }
  .timeline .end {
    text-anchor: end;
  }
  .track,
  .tick {
    stroke: var(--rim);
  }
  .axis {
    stroke: var(--soft);
  }
  .gap {
    fill: url(#hatch);
    stroke: var(--bad);
  }
  .hatch-ground {
    fill: var(--bad-ground);
  }
  .hatch-line {
    fill: var(--bad);
    opacity: 0.45;
  }
  svg .succeeded {
    fill: var(--good);
    stroke: var(--good);
  }
  svg .failed,
  svg .unfinished,
  svg .by-hand {
    fill: currentcolor;
    stroke: var(--card);
  }
  svg .by-hand {
    color: var(--hand);
  }
  svg .ended-nothing {
    fill: var(--card);
    stroke: var(--soft);
    stroke-width: 2;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3rem 1.4rem;
    padding-top: 0.4rem;
    font-weight: 400;
    list-style: none;
    color: var(--soft);
    font-size: 0.875rem;
  }
  .legend li {
    display: flex;
    gap: 0.5rem;
    align-items: center;
  }
  .legend li > * {
    flex: none;
    margin: 0;
  }
</style>`;
