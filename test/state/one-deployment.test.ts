import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Deployment } from '../../src/mongo/deployment.ts';
import { keepToOneDeployment } from '../../src/state/one-deployment.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reaper-deployment-'));
});
afterEach(() => rm(dir, { recursive: true }));

const as = (topology: Deployment['topology'], name: string, ...addresses: string[]) =>
  keepToOneDeployment(dir, {
    topology,
    name,
    members: addresses.map((address) => ({ address }) as Deployment['members'][number]),
  });

describe('a state directory is for one deployment', () => {
  test('whose members come and go', async () => {
    await as('replica-set', 'rs0', 'm1', 'm2', 'm3');
    await as('replica-set', 'rs0', 'm3', 'm4');
    await as('replica-set', 'rs0', 'm4', 'm5');
    await expect(as('replica-set', 'rs0', 'm1', 'm2')).rejects.toMatchObject({ code: 'state-of-another' });
  });

  test.each<[string, Parameters<typeof as>, Parameters<typeof as>, boolean]>([
    ['a set of the same name elsewhere', ['replica-set', 'rs0', 'm1'], ['replica-set', 'rs0', 'n1'], false],
    ['another set at the same address', ['replica-set', 'rs0', 'm1'], ['replica-set', 'rs1', 'm1'], false],
    ['a standalone that became a set', ['standalone', 'm1', 'm1'], ['replica-set', 'rs0', 'm1'], false],
    ['the same standalone', ['standalone', 'm1', 'm1'], ['standalone', 'm1', 'm1'], true],
    [
      'a cluster with one more router',
      ['sharded', 'a,b', 'a', 'b'],
      ['sharded', 'a,b,c', 'a', 'b', 'c'],
      true,
    ],
    ['another cluster', ['sharded', 'a,b', 'a', 'b'], ['sharded', 'c', 'c'], false],
  ])('%s', async (_name, first, second, isSame) => {
    await as(...first);
    const claimed = as(...second);
    if (isSame) await claimed;
    else {
      await expect(claimed).rejects.toMatchObject({
        exitCode: 73,
        message: expect.stringContaining(first[1]),
        remedy: expect.stringContaining('--state-dir'),
      });
    }
  });

  test('and a note that makes no sense is made anew', async () => {
    await writeFile(join(dir, 'deployment.json'), '{');
    await as('replica-set', 'rs0', 'm1');
    await expect(as('replica-set', 'rs1', 'm1')).rejects.toMatchObject({ code: 'state-of-another' });
  });
});
