import { ReaperError } from '../errors.ts';
import type { Finding } from './cross-check.ts';
import { effectivePolicy } from './effective.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Source } from './places.ts';
import type { Policy } from './policy.ts';
import { locksOf, policyTestsSchema, type PolicyTests } from './policy-tests-schema.ts';
import { problemsOfFindings, problemsOfIssues, problemsOfYaml, type Problem } from './problems.ts';

/** The tests together with what is needed to say where each of them stands. */
export interface ParsedTests {
  readonly tests: PolicyTests;
  readonly source: Source;
}

/** Takes the text of a file of tests and its name for messages; throws a ReaperError that tells every problem. */
export function parsePolicyTests(yaml: string, file: string): ParsedTests {
  const source = { file, ...parseYaml(yaml) };
  if (source.problems.length > 0) throw invalidTests(problemsOfYaml(source.problems, source), file);
  const { data: tests, error } = policyTestsSchema.safeParse(source.value);
  if (tests === undefined) throw invalidTests(problemsOfIssues(error.issues, source), file);
  return { tests, source };
}

/** Throws a ReaperError where the tests do not fit together or name what the policy does not have. */
export function crossCheckTests({ tests, source }: ParsedTests, policy: Policy): void {
  const findings = tests.tests.flatMap((test, at): Finding[] => {
    const locks = locksOf({ ...tests.defaults, ...test });
    const { exemptions, rules } = effectivePolicy(policy, locks, undefined);
    const allowed = [...exemptions, ...rules].map(({ name }) => name);
    return [
      ...(tests.tests.findIndex(({ name }) => name === test.name) < at
        ? [{ path: ['tests', at, 'name'], message: 'is the name of an earlier test too' }]
        : []),
      ...((test.at ?? tests.defaults?.at) === undefined
        ? [{ path: ['tests', at], message: 'needs at: its own, or one in defaults' }]
        : []),
      ...test.sessions.flatMap(({ by }, index): Finding[] =>
        by === undefined || allowed.includes(by)
          ? []
          : [
              {
                path: ['tests', at, 'sessions', index, 'by'],
                message: 'the policy has no rule or exemption of this name',
                found: by,
                allowed,
              },
            ],
      ),
    ];
  });
  if (findings.length > 0) throw invalidTests(problemsOfFindings(findings, source), source.file);
}

function invalidTests(problems: readonly Problem[], file: string): ReaperError {
  const inOrder = problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const lines = inOrder.map(
    ({ place, path, message }) =>
      `${place.file}:${place.line}:${place.column}: ${path === '' ? '' : `${path}: `}${message}`,
  );
  return new ReaperError('policy-invalid', lines.join('\n'), {
    remedy: `mend the tests, then: reaper test ${file}`,
  });
}
