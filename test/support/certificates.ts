import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const openssl = (argv: readonly string[]) => execute('openssl', argv);

/** A certificate and its key, in files and as text. */
export interface Certificate {
  readonly name: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Both in one file, as a MongoDB client wants them. */
  readonly bothFile: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate authority in a folder; needs the program openssl. */
export async function makeAuthority(folder: string, name: string): Promise<Certificate> {
  const files = filesOf(folder, name);
  await openssl([...newKey('-x509', files.keyFile, `/CN=${name}`), '-out', files.certFile]);
  return loaded(name, files);
}

/** What a certificate is for; `days` from now on, negative for one that has expired. */
interface Wanted {
  readonly name: string;
  /** As openssl writes it: `/CN=…/O=…`, or with escapes for what has a meaning there. */
  readonly subject: string;
  /** As `IP:127.0.0.1` or `DNS:db.example`. */
  readonly altName: string;
  readonly days?: number;
}

/** Makes a certificate that this authority signs. */
export async function makeCertificate(
  folder: string,
  authority: Certificate,
  { name, subject, altName, days = 2 }: Wanted,
): Promise<Certificate> {
  const files = filesOf(folder, name);
  const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)];
  await openssl([...newKey('-new', files.keyFile, subject), '-out', request]);
  await writeFile(extensions, `subjectAltName=${altName}\n`);
  const signed = ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial'];
  const made = ['-days', String(days), '-extfile', extensions, '-out', files.certFile];
  await openssl(['x509', '-req', '-in', request, ...signed, ...made]);
  return loaded(name, files);
}

function newKey(kind: '-x509' | '-new', keyFile: string, subject: string): string[] {
  return ['req', kind, '-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-subj', subject, '-utf8'];
}

function filesOf(folder: string, name: string) {
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  return { certFile: file('crt'), keyFile: file('key'), bothFile: file('pem') };
}

async function loaded(name: string, files: ReturnType<typeof filesOf>): Promise<Certificate> {
  const [cert, key] = await Promise.all(
    [files.certFile, files.keyFile].map((file) => readFile(file, 'utf8')),
  );
  await writeFile(files.bothFile, `${cert}${key}`, { mode: 0o600 });
  return { name, ...files, cert: cert ?? '', key: key ?? '' };
}
