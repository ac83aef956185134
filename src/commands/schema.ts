import { ExitCode } from '../exit-code.ts';
import { policySchema } from '../policy/schema.ts';
import { policyTestsSchema } from '../policy/policy-tests-schema.ts';
import { fileSchema, outputSchema, type JsonSchema } from '../policy/json-schema.ts';
import { auditJson, verifyJson } from '../report/audit-json.ts';
import { checkJson } from '../report/check.ts';
import { explainJson } from '../report/explain.ts';
import { listJson } from '../report/list.ts';
import { locksJson } from '../report/locks-json.ts';
import { testResultsJson } from '../report/policy-tests.ts';
import { runJson } from '../report/run-schema.ts';
import { simulateJson } from '../report/simulate.ts';
import { jsonText } from '../report/visible.ts';
import { snapshotSchema } from '../snapshot-file/schema.ts';
import type { World } from '../world.ts';

const schemas: Record<string, () => JsonSchema> = {
  policy: () => fileSchema(policySchema, 'A policy of reaper'),
  tests: () => fileSchema(policyTestsSchema, 'Tests of a policy of reaper'),
  run: () => outputSchema(runJson, 'reaper run --json'),
  audit: () => outputSchema(auditJson, 'reaper audit --json'),
  verify: () => outputSchema(verifyJson, 'reaper audit verify --json'),
  list: () => outputSchema(listJson, 'reaper list --json'),
  check: () => outputSchema(checkJson, 'reaper check --json'),
  locks: () => outputSchema(locksJson, 'reaper locks --json'),
  explain: () => outputSchema(explainJson, 'reaper explain --json'),
  simulate: () => outputSchema(simulateJson, 'reaper simulate --json'),
  snapshot: () => fileSchema(snapshotSchema, 'A saved listing of reaper'),
  'test-results': () => outputSchema(testResultsJson, 'reaper test --json'),
};

/** `reaper schema`: prints the JSON Schema of a file that users write, or of what `--json` prints. */
export async function schema(name: string, _options: object, world: World): Promise<number> {
  world.stdout.write(`${jsonText(schemas[name]?.())}\n`);
  return ExitCode.done;
}
