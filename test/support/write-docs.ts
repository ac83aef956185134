// `npm run docs`: writes the files that are made of the source.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedDocs } from './docs.ts';

for (const [path, text] of await generatedDocs()) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
