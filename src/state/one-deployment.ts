import { join } from 'node:path';
import { z } from 'zod';
import { ReaperError } from '../errors.ts';
import type { Deployment } from '../mongo/deployment.ts';
import { readJson, writeJson } from './write-file.ts';

const fileSchema = z.lazy(() =>
  z.object({ topology: z.string(), name: z.string(), members: z.array(z.string()) }),
);

/**
 * A state directory is for one deployment: of another one's listing, what was ended here would look gone. Notes whose
 * it is at the first run, and its members at each. Throws `state-of-another` if it is another's: neither name nor
 * members are the same, so that members may come and go.
 */
export async function keepToOneDeployment(
  dir: string,
  { topology, name, members }: Pick<Deployment, 'topology' | 'name' | 'members'>,
): Promise<void> {
  const file = join(dir, 'deployment.json');
  const now = { topology, name, members: members.map(({ address }) => address) };
  const known = fileSchema.safeParse(await readJson(file).catch(() => undefined)).data;
  // The name of a cluster or of a standalone is where it is reached; that of a set is given, and often the same.
  const isNamed = topology === 'replica-set' ? known?.name === name : true;
  const isMet = known?.members.some((address) => now.members.includes(address)) === true;
  if (known !== undefined && !(known.topology === topology && isNamed && isMet))
    throw ofAnother(dir, file, known, now);
  if (JSON.stringify(known) !== JSON.stringify(now)) await writeJson(file, now);
}

type Known = z.output<typeof fileSchema>;

function ofAnother(dir: string, file: string, known: Known, now: Known): ReaperError {
  const words = ({ topology, name, members }: Known): string =>
    `${topology.replace('-', ' ')} ${name} (${members.join(', ')})`;
  return new ReaperError(
    'state-of-another',
    `${dir} holds the record of another deployment, ${words(known)}; this is ${words(now)}`,
    {
      remedy: `give each deployment a state directory of its own: --state-dir; if it is the same one under other addresses: rm ${file}`,
    },
  );
}
