import { BSON, MongoClient, MongoError, MongoServerError, type MongoClientOptions } from 'mongodb';
import { ReaperError } from '../errors.ts';
import { NoAnswer, within } from './deadline.ts';
import { isRefusedLogin, unsupportedBy } from './identify-server.ts';
import { visible } from '../report/visible.ts';
import { hasSecretOption, withoutSecrets } from './secrets.ts';
import { discoveringUri, memberUri } from './uri.ts';

/** How clients are made; tests watch every command through `onClient`. */
export interface ClientOptions {
  readonly uri: string;
  /** Called with each client before it connects. */
  readonly onClient?: ((client: MongoClient) => void) | undefined;
}

/** Every step on the network has a deadline: a server that hangs is a server that does not answer. */
const deadlines = {
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 60_000,
} satisfies MongoClientOptions;

/** To find the primary, connect and log in; LDAP and Kerberos may ask others. In ms. */
const loginDeadline = 20_000;

/** Connects to the deployment's primary, whichever it is. Throws a ReaperError if none answers or the login fails. */
export async function connectPrimary(options: ClientOptions): Promise<MongoClient> {
  const client = makeClient(discoveringUri(options.uri), options);
  try {
    return await within(loginDeadline, 'the login', client.connect());
  } catch (error) {
    await goodbye(client);
    throw failureOf(error, options.uri);
  }
}

/** Closes a client, which takes leave of its server: one that hangs must not hold the run up. */
export async function goodbye(client: MongoClient): Promise<void> {
  await within(2_000, 'the goodbye', client.close()).catch(() => undefined);
}

/** Makes a client for exactly this member, with the same credentials and TLS (T7). It connects at first use. */
export function memberClient(
  address: string,
  authSource: string | undefined,
  options: ClientOptions,
): MongoClient {
  return makeClient(memberUri(options.uri, address, authSource), options);
}

function makeClient(uri: string, { onClient, uri: original }: ClientOptions): MongoClient {
  try {
    const client = new MongoClient(uri, {
      ...deadlines,
      appName: 'reaper',
      maxPoolSize: 4,
      monitorCommands: onClient !== undefined,
      serverMonitoringMode: 'poll',
    });
    onClient?.(client);
    return client;
  } catch (error) {
    const words = hasSecretOption(original)
      ? `${(error as Error).name}; its words may hold a part of the secret among the options, so they are not shown`
      : messageOf(error, original);
    throw new ReaperError('uri-invalid', `the connection string is refused: ${words}`, {
      remedy: 'check its options; & and = within a value are written %26 and %3D',
    });
  }
}

/** NotWritablePrimary, InterruptedDueToReplStateChange and their kin: an election is over within seconds. */
const changes = new Set<unknown>([91, 189, 10058, 10107, 11600, 11602, 13435, 13436]);

/** Whether the server refused a command since it is not, or no longer, the primary. */
export function isChangeOfPrimary(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && changes.has(error.code);
}

/** What an error of the driver means to a user; anything else is returned as it is. */
export function failureOf(error: unknown, uri: string): unknown {
  const message = messageOf(error, uri);
  if (error instanceof MongoServerError && isRefusedLogin(error)) {
    return new ReaperError('login-refused', `the server refused the login: ${message}`, {
      remedy: 'check user, password and authSource of the connection string',
      cause: error,
    });
  }
  const unsupported = unsupportedBy(error, message);
  if (unsupported !== undefined) return unsupported;
  if (isChangeOfPrimary(error)) {
    return new ReaperError('unreachable', `the primary changed meanwhile: ${message}`, {
      remedy: 'nothing was ended; the next run finds the new one',
      cause: error,
    });
  }
  if (error instanceof MongoServerError)
    return new ReaperError('server-error', `the server refused a command: ${message}`, { cause: error });
  const fromSystem = fromTheSystem(error, message);
  if (fromSystem !== undefined) return fromSystem;
  if (error instanceof BSON.BSONError) {
    return new ReaperError('malformed-answer', `the server’s answer makes no sense: ${message}`, {
      remedy: 'check that this really is a MongoDB server, with: reaper check',
      cause: error,
    });
  }
  if (!(error instanceof MongoError) && !(error instanceof NoAnswer)) return error;
  return new ReaperError('unreachable', `no primary or router could be reached: ${message}`, {
    remedy:
      'check that the deployment runs, has a primary, and can be reached from this host with this TLS setting',
    cause: error,
  });
}

/** What the driver passes on as it came: of a file that an option names, and of DNS. */
function fromTheSystem(error: unknown, message: string): ReaperError | undefined {
  const { syscall } = error as Partial<NodeJS.ErrnoException>;
  if (error instanceof MongoError || syscall === undefined) return undefined;
  if (syscall === 'open' || syscall === 'read') {
    return new ReaperError(
      'uri-invalid',
      `a file that the connection string names cannot be read: ${message}`,
      { remedy: 'check tlsCAFile and tlsCertificateKeyFile', cause: error },
    );
  }
  return new ReaperError('unreachable', `no primary or router could be reached: ${message}`, {
    remedy: 'check the host names of the connection string, and that this host can look them up',
    cause: error,
  });
}

/** An error's words, without credentials, and harmless: a server may have chosen them. */
export function messageOf(error: unknown, uri: string): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return visible(withoutSecrets(text, uri));
}
