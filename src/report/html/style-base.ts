import { html } from './escape.ts';

/** The page, its text and its header. */
export const base = html`<style>
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  html {
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }
  body {
    margin: 0;
    background: var(--page);
    color: var(--ink);
    font:
      1rem/1.55 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Helvetica Neue',
      Arial,
      sans-serif;
    overflow-wrap: anywhere;
  }
  .column {
    max-width: 62rem;
    margin: 0 auto;
    padding: 0 clamp(1rem, 4vw, 2rem);
  }
  p,
  ul,
  ol,
  dl,
  dd,
  figure,
  blockquote {
    margin: 0;
    padding: 0;
  }
  h1,
  h2,
  h3 {
    margin: 0;
    line-height: 1.25;
    text-wrap: balance;
  }
  a {
    color: var(--link);
  }
  code,
  .literal {
    font-family: var(--literal);
    font-size: 0.875em;
  }
  .note {
    color: var(--soft);
    font-size: 0.875rem;
  }
  .good {
    color: var(--good);
  }
  .bad,
  .failed {
    color: var(--bad);
  }
  .doubt,
  .unfinished {
    color: var(--doubt);
  }

  body > header {
    background: var(--ground);
    border-bottom: 1px solid var(--rim);
    border-top: 6px solid currentcolor;
    padding: 1.75rem 0;
    overflow: clip;
  }
  header.good {
    --ground: var(--good-ground);
  }
  header.bad {
    --ground: var(--bad-ground);
  }
  header.doubt {
    --ground: var(--doubt-ground);
  }
  header p,
  header dl {
    color: var(--ink);
  }
  .kicker {
    font-size: 0.875rem;
    letter-spacing: 0.02em;
  }
  h1 {
    display: flex;
    gap: 0.75rem;
    align-items: center;
    margin: 0.5rem 0;
    font-size: clamp(1.6rem, 5vw, 2.25rem);
    font-weight: 500;
    letter-spacing: -0.01em;
  }
  h1 strong {
    font-weight: 700;
  }
  .sign {
    flex: none;
    width: 1.15em;
    height: 1.15em;
    fill: none;
    stroke: currentcolor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .rule-title {
    max-width: 46rem;
    font-size: 1.0625rem;
  }
  header .facts {
    grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
    gap: 0.6rem 2rem;
    margin-top: 1.25rem;
  }
  header .facts > div {
    display: block;
  }
  header dt {
    color: var(--ink);
    font-size: 0.8125rem;
  }

  body > footer {
    padding-bottom: 2.5rem;
    color: var(--soft);
    font-size: 0.875rem;
  }
</style>`;
