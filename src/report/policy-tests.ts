import { z } from 'zod';
import type { SessionResult, TestResult } from '../policy/run-policy-tests.ts';
import type { Style } from './style.ts';
import { visible } from './visible.ts';

/** What `reaper test` found. */
export interface TestReport {
  readonly file: string;
  readonly policy: { readonly name: string; readonly file: string; readonly sha256: string };
  readonly results: readonly TestResult[];
  /** Rules and exemptions that decided nothing in any test. */
  readonly untested: readonly string[];
}

const verdict = z.enum(['terminate', 'retain', 'exempt', 'indeterminate']);

/** The shape of `reaper test --json`. */
export const testResultsJson = z.strictObject({
  tests_file: z.string(),
  policy: z.strictObject({ name: z.string(), file: z.string(), sha256: z.string() }),
  counts: z.strictObject({ passed: z.int(), failed: z.int() }),
  untested: z.array(z.string()).describe('Rules and exemptions that decided nothing in any test.'),
  tests: z.array(
    z.strictObject({
      name: z.string(),
      ok: z.boolean(),
      line: z.int(),
      sessions: z.array(
        z.strictObject({
          user: z.string(),
          ok: z.boolean(),
          line: z.int(),
          expected: z.strictObject({ verdict, by: z.string().nullable() }),
          verdict,
          rule: z.string().nullable().describe('The rule, or the exemption, that decided.'),
          because: z.string(),
        }),
      ),
    }),
  ),
});

/** Takes what `reaper test` found and returns it as JSON. */
export function testsToJson({
  file,
  policy,
  results,
  untested,
}: TestReport): z.output<typeof testResultsJson> {
  return {
    tests_file: file,
    policy: { ...policy },
    counts: countsOf(results),
    untested: [...untested],
    tests: results.map(({ name, ok, place, sessions }) => ({
      name,
      ok,
      line: place.line,
      sessions: sessions.map(sessionJson),
    })),
  };
}

function sessionJson({ expected, verdict: came, ok, place }: SessionResult) {
  return {
    user: expected.user,
    ok,
    line: place.line,
    expected: { verdict: expected.expect, by: expected.by ?? null },
    verdict: came.verdict,
    rule: came.rule ?? null,
    because: came.because,
  };
}

/** Takes what `reaper test` found and returns its lines for a person: one for each test, more where it failed. */
export function testsToText({ policy, results, untested }: TestReport, { paint }: Style): string[] {
  const lines = results.flatMap(({ name, ok, sessions }) => [
    `${ok ? paint.green('ok    ') : paint.red('FAILED')}  ${visible(name)}`,
    ...sessions.filter((session) => !session.ok).flatMap(failureLines),
  ]);
  const { passed, failed } = countsOf(results);
  const notes = untested.map((name) => `${paint.yellow('note  ')}  no test is decided by ${visible(name)}`);
  return [
    ...lines,
    ...notes,
    '',
    paint.bold(`${passed} passed · ${failed} failed · policy ${visible(policy.name)}`),
  ];
}

/** Editors jump to lines that begin with a place. */
function failureLines({ expected, verdict: came, place }: SessionResult): string[] {
  const by = (rule: string | undefined): string => (rule === undefined ? '' : ` by ${visible(rule)}`);
  return [
    `${visible(place.file)}:${place.line}:${place.column}: ${visible(expected.user)}`,
    `        expected ${expected.expect}${by(expected.by)}`,
    `        came     ${came.verdict}${by(came.rule)}: ${visible(came.because)}`,
  ];
}

function countsOf(results: readonly TestResult[]): { passed: number; failed: number } {
  const passed = results.filter(({ ok }) => ok).length;
  return { passed, failed: results.length - passed };
}
