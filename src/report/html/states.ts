import type { ChainState, FindingStatus, Step } from '../../audit/evidence.ts';
import { html, type Markup } from './escape.ts';

/** Good, bad or open to doubt. A word and a sign always go with the colour. */
export type Tone = 'good' | 'bad' | 'doubt';

interface State {
  readonly words: string;
  readonly tone: Tone;
}

export const statuses: Readonly<Record<FindingStatus, State>> = {
  not_a_finding: { words: 'Not a finding', tone: 'good' },
  open: { words: 'Open', tone: 'bad' },
  not_reviewed: { words: 'Not reviewed', tone: 'doubt' },
};

export const stepStates: Readonly<Record<Step['state'], State>> = {
  shown: { words: 'Shown', tone: 'good' },
  contradicted: { words: 'Contradicted', tone: 'bad' },
  unseen: { words: 'Not seen', tone: 'doubt' },
};

/** What is to be thought of the chain; of an empty log there is nothing to be thought. */
export function chainStateOf({ intact, head }: ChainState): State {
  if (!intact) return { words: 'Changed', tone: 'bad' };
  return head === undefined ? { words: 'Empty', tone: 'doubt' } : { words: 'Intact', tone: 'good' };
}

const strokes = {
  good: html`<path d="M6.5 12.5l4 4 7-8.5" />`,
  bad: html`<path d="M7.5 7.5l9 9m0-9l-9 9" />`,
  doubt: html`<path d="M9 9.5a3 3 0 1 1 4.4 2.6c-.9.5-1.4 1-1.4 2M12 17v.2" />`,
} as const satisfies Record<Tone, Markup>;

/** A tick, a cross or a question mark in a circle. */
export function sign(tone: Tone): Markup {
  return html`<svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    <circle cx="12" cy="12" r="11" />
    ${strokes[tone]}
  </svg>`;
}

/** A state as a small label. */
export function chip({ words, tone }: State): Markup {
  return html`<span class="chip ${tone}">${sign(tone)}${words}</span>`;
}
