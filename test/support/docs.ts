import { format, resolveConfig } from 'prettier';
import { shippedFiles } from '../../src/install/shipped.ts';
import { reference } from '../../src/policy/reference.ts';
import { callReaper } from './reaper.ts';

/** The files that are made of the source, by their path, as `prettier --check` wants them. */
export async function generatedDocs(): Promise<Map<string, string>> {
  const docs = new Map([
    ['policies/REFERENCE.md', reference()],
    ['policies/policy.schema.json', (await callReaper(['schema', 'policy'])).stdout],
    ['policies/tests/policy-tests.schema.json', (await callReaper(['schema', 'tests'])).stdout],
  ]);
  const formatted = [...docs].map(async ([filepath, text]): Promise<[string, string]> => [
    filepath,
    await format(text, { ...(await resolveConfig(filepath)), filepath }),
  ]);
  // prettier knows no unit files; these are written as they are.
  return new Map([...(await Promise.all(formatted)), ...shippedFiles()]);
}
