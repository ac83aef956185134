import type { FindingStatus } from '../../audit/evidence.ts';

/** What each format calls a finding status. */
export const statusWords = {
  not_a_finding: {
    shown: 'Not a Finding',
    ckl: 'NotAFinding',
    cklb: 'not_a_finding',
    xccdf: 'pass',
    hdf: 'passed',
  },
  open: { shown: 'Open', ckl: 'Open', cklb: 'open', xccdf: 'fail', hdf: 'failed' },
  not_reviewed: {
    shown: 'Not Reviewed',
    ckl: 'Not_Reviewed',
    cklb: 'not_reviewed',
    xccdf: 'notchecked',
    hdf: 'skipped',
  },
} as const satisfies Record<FindingStatus, Record<'shown' | 'ckl' | 'cklb' | 'xccdf' | 'hdf', string>>;

/** Takes ms since the epoch and returns the time in UTC, to the second, as every format writes it. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '');
}
