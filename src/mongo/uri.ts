import { constants, type Stats } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConnectionString } from 'mongodb-connection-string-url';
import { readBounded } from '../bounded-file.ts';
import { ReaperError } from '../errors.ts';
import { closing, exposureOf, quoted } from '../exposure.ts';
import { fileTrouble } from '../file-trouble.ts';

/** Where a connection string may come from. It is never an argument, since arguments are public. */
export interface UriSources {
  readonly uriFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const remedy =
  'put it into $CREDENTIALS_DIRECTORY/mongodb-uri (systemd), a file named by --uri-file, or REAPER_MONGODB_URI';

/** Whether any source names a connection string; says nothing about whether it is right. */
export function hasUri({ uriFile, env }: UriSources): boolean {
  return uriFile !== undefined || Boolean(env['CREDENTIALS_DIRECTORY']) || Boolean(env['REAPER_MONGODB_URI']);
}

/** Reads the connection string. Throws a ReaperError that never shows it. */
export async function readUri({ uriFile, env }: UriSources): Promise<string> {
  if (uriFile !== undefined) {
    if (/^mongodb(\+srv)?:/i.test(uriFile)) {
      throw new ReaperError('usage', '--uri-file takes the name of a file, not the connection string', {
        remedy: `arguments are public, so change that password; then ${remedy}`,
      });
    }
    const text = await readSecret(uriFile);
    if (text === undefined)
      throw unreadable(uriFile, 'there is no such file', 'name another with --uri-file');
    return checked(text, uriFile);
  }
  const credentials = env['CREDENTIALS_DIRECTORY'];
  const file = join(credentials ?? '', 'mongodb-uri');
  const text = credentials ? await readSecret(file) : undefined;
  if (text !== undefined) return checked(text, file);
  const uri = env['REAPER_MONGODB_URI'];
  if (!uri) throw new ReaperError('uri-missing', 'no connection string was given', { remedy });
  return checked(uri, 'REAPER_MONGODB_URI');
}

/** A connection string with a hundred hosts is far below this. */
const mostBytes = 65_536;

/** Undefined if there is no such file. */
async function readSecret(file: string): Promise<string | undefined> {
  try {
    const { bytes, stat } = await readBounded(file, mostBytes);
    refuseExposed(file, stat);
    if (bytes.length > mostBytes)
      throw unreadable(file, `larger than ${mostBytes} bytes`, 'name another file');
    return Buffer.from(bytes).toString('utf8');
  } catch (error) {
    if (error instanceof ReaperError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const [why, what] = reasons[code] ?? [fileTrouble(error, 'read'), remedy];
    throw unreadable(file, why, what);
  }
}

const reasons: Record<string, readonly [why: string, what: string]> = {
  EACCES: ['this user may not read it', 'run as its owner'],
  EISDIR: ['this is a folder', 'name the file in it'],
  ETIMEDOUT: ['it is a pipe, and nothing came', 'name a file'],
};

/** Who may change the file may send reaper, with its password, to a server of their own. */
function refuseExposed(file: string, stat: Stats): void {
  if ((stat.mode & constants.S_IRWXO) !== 0)
    throw exposed(file, 'every user of this host may read or change', `chmod 0400 ${quoted(file)}`);
  const exposure = stat.isFile() ? exposureOf(file, stat) : undefined;
  if (exposure !== undefined) throw exposed(file, 'its group may change', closing(exposure));
}

function exposed(file: string, who: string, remedy: string): ReaperError {
  return new ReaperError('uri-exposed', `${file}: ${who} the connection string`, { remedy });
}

function unreadable(file: string, why: string, what: string): ReaperError {
  return new ReaperError('uri-unreadable', `${file}: the connection string cannot be read: ${why}`, {
    remedy: what,
  });
}

function checked(text: string, source: string): string {
  const uri = text.trim();
  try {
    const why = faultOf(uri);
    if (why === undefined) return uri;
    throw new Error(why);
  } catch (error) {
    // The parser's own message may quote what it could not parse, a password perhaps.
    const { name, message } = error as Error;
    throw new ReaperError(
      'uri-invalid',
      `${source}: this is not a MongoDB connection string (${name === 'Error' ? message : 'it cannot be taken apart'})`,
      {
        remedy:
          'write mongodb://USER:PASSWORD@HOST:PORT,HOST:PORT/?replicaSet=NAME&authSource=admin, special characters percent-encoded',
      },
    );
  }
}

/**
 * What the parser lets through and yet would take a part of a password for something else, which messages then
 * show: for a host, an option, or nothing at all. In words that quote nothing; throws what the parser throws.
 */
function faultOf(uri: string): string | undefined {
  if (uri === '') return 'nothing is written there';
  if (!/^mongodb(\+srv)?:\/\//.test(uri)) return 'it does not begin with mongodb:// or mongodb+srv://';
  if (/^[^/]*\/\/([^/?]*@)?([/?]|$)/.test(uri)) return 'no host is named';
  if (/^[^/]*\/\/:[^/?]*@/.test(uri)) return 'a password without a user before it';
  if (/^mongodb\+srv:\/\/([^/?]*@)?[^/?@]*:\d+([/?,]|$)/.test(uri)) return 'a port in mongodb+srv';
  if (/%(?![\da-f]{2})/i.test(uri)) return 'a % without two hex digits after it; write %25 for a % itself';
  if (/[\s\p{Cc}]/u.test(uri)) return 'a line break or a space in it; one line is expected, and nothing else';
  if (uri.split('@').length > 2) return 'more than one @; write %40 within user, password and options';
  const { hosts } = new ConnectionString(uri);
  if (!hosts.every(isAddress))
    return 'what stands for a host is none; perhaps the @ before the hosts is missing';
  return undefined;
}

/** `host:port`, also IPv6 in brackets or the path of a socket. */
function isAddress(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    text.length <= 300 &&
    /^(\[[\da-f:.]+\]|[\p{L}\p{N}._-]+)(:\d{1,5})?$|^(%2f|%2e|[\w.-])+\.sock$/iu.test(text)
  );
}

/** Throws a ReaperError if what a server calls the address of a member is none. */
export function refuseNoAddress(address: string): void {
  if (isAddress(address)) return;
  throw new ReaperError(
    'malformed-answer',
    `the server names a member whose address makes no sense: ${inspect(address).slice(0, 200)}`,
    { remedy: 'nothing was ended; look at the host names in rs.conf()' },
  );
}

/** The connection string without what would pin it to one server: the driver then finds the primary. */
export function discoveringUri(uri: string): string {
  const parsed = new ConnectionString(uri);
  for (const option of [
    'directConnection',
    'readPreference',
    'readPreferenceTags',
    'loadBalanced',
    'srvMaxHosts',
  ]) {
    parsed.searchParams.delete(option);
  }
  return parsed.toString();
}

/**
 * The same credentials and TLS for exactly one server (T7). `authSource` is what the driver found, since a
 * `mongodb+srv` string may carry it in DNS.
 */
export function memberUri(uri: string, address: string, authSource: string | undefined): string {
  // Some server told it, and as it goes into the string it could bring options of its own: another login, no TLS.
  refuseNoAddress(address);
  const parsed = new ConnectionString(discoveringUri(uri));
  if (parsed.isSRV) {
    parsed.protocol = 'mongodb:';
    if (!parsed.searchParams.has('ssl') && !parsed.searchParams.has('tls'))
      parsed.searchParams.set('tls', 'true');
  }
  for (const option of ['replicaSet', 'srvMaxHosts', 'srvServiceName']) parsed.searchParams.delete(option);
  if (authSource !== undefined) parsed.searchParams.set('authSource', authSource);
  parsed.searchParams.set('directConnection', 'true');
  parsed.hosts = [address];
  return parsed.toString();
}
