import { html } from './escape.ts';

/** Sections, steps, lists and tables. */
export const parts = html`<style>
  .facts {
    display: grid;
    gap: 0.45rem;
  }
  .facts > div {
    display: grid;
    gap: 0 1.25rem;
    grid-template-columns: minmax(0, 13rem) minmax(0, 1fr);
    align-items: baseline;
  }
  dt {
    color: var(--soft);
    font-size: 0.875rem;
  }
  @media screen and (max-width: 40rem) {
    .facts > div {
      grid-template-columns: minmax(0, 1fr);
    }
  }

  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 1px;
    margin: 1.5rem 0;
    overflow: hidden;
    background: var(--rim);
    border: 1px solid var(--rim);
    border-radius: 10px;
  }
  .figures > div {
    flex: 1 1 9.4rem;
    padding: 0.9rem 1.1rem;
    background: var(--card);
  }
  .figure {
    display: block;
    font-size: 1.5rem;
    font-weight: 600;
    line-height: 1.3;
  }

  section {
    margin: 1.5rem 0;
    padding: clamp(1rem, 3.5vw, 1.75rem);
    overflow: clip;
    background: var(--card);
    border: 1px solid var(--rim);
    border-radius: 10px;
    scroll-margin-top: 1rem;
  }
  h2 {
    margin-bottom: 0.9rem;
    font-size: 1.25rem;
    font-weight: 600;
  }
  h3 {
    font-size: 1.0625rem;
    font-weight: 600;
  }
  section > * + *,
  li > * + *,
  article > * + * {
    margin-top: 0.9rem;
  }
  article + article {
    margin-top: 1.75rem;
  }
  .sentences {
    list-style: disc;
    padding-left: 1.2rem;
  }
  #why .sentences {
    font-size: 1.0625rem;
  }
  blockquote {
    padding-left: 1rem;
    border-left: 3px solid var(--rim);
    color: var(--soft);
  }
  blockquote p + p {
    margin-top: 0.6rem;
  }
  .chip {
    display: inline-flex;
    gap: 0.4rem;
    align-items: center;
    padding: 0.1rem 0.7rem 0.1rem 0.45rem;
    border: 1px solid currentcolor;
    border-radius: 99px;
    font-size: 0.875rem;
    font-weight: 600;
    white-space: nowrap;
  }
  .chip.good {
    background: var(--good-ground);
  }
  .chip.bad {
    background: var(--bad-ground);
  }
  .chip.doubt {
    background: var(--doubt-ground);
  }

  .steps {
    counter-reset: step -1;
    list-style: none;
  }
  .steps > li {
    display: grid;
    gap: 0.75rem 0.9rem;
    grid-template-columns: 1.9rem minmax(0, 1fr) auto;
    align-items: center;
    padding: 1.4rem 0;
    border-top: 1px solid var(--rim);
    counter-increment: step;
  }
  .steps > li::before {
    content: counter(step);
    display: grid;
    width: 1.9rem;
    height: 1.9rem;
    place-items: center;
    border: 1px solid var(--soft);
    border-radius: 50%;
    font-weight: 600;
  }
  .steps > li > * {
    grid-column: 2 / -1;
    margin: 0;
  }
  .steps > li > h3 {
    grid-column: 2;
  }
  .steps > li > .chip {
    grid-column: 3;
  }
  .steps > li:last-child {
    padding-bottom: 0;
  }
  @media screen and (max-width: 40rem) {
    .steps > li > *,
    .steps > li > .chip {
      grid-column: 1 / -1;
      justify-self: start;
    }
    .steps > li > h3 {
      grid-column: 2 / -1;
    }
  }

  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }
  figcaption {
    padding: 0.4rem 0 0.3rem;
    font-weight: 600;
  }
  th,
  td {
    padding: 0.4rem 0.9rem 0.4rem 0;
    border-bottom: 1px solid var(--rim);
    font-weight: 400;
    text-align: left;
    vertical-align: top;
  }
  th:last-child,
  td:last-child {
    padding-right: 0;
  }
  td .literal {
    display: inline-block;
    min-width: 10.5rem;
  }
  @media screen and (min-width: 48rem) {
    th time,
    td time {
      white-space: nowrap;
    }
  }
  thead th {
    color: var(--soft);
    font-size: 0.8125rem;
    overflow-wrap: normal;
    vertical-align: bottom;
  }
  tfoot th,
  tfoot td {
    border-bottom: 0;
    font-weight: 600;
  }
  .words {
    min-width: 6.5rem;
  }
  th.number,
  td.number {
    text-align: right;
    white-space: nowrap;
  }
  .zero {
    color: var(--soft);
  }
  .bar {
    display: block;
    max-width: 14rem;
    margin-top: 0.3rem;
    fill: var(--hand);
  }
  tfoot .bar {
    display: none;
  }
</style>`;
