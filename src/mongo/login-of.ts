import { MongoClient } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';

/**
 * The user that a connection string logs in as, `user@db`, as the driver reads it, without connecting. Undefined
 * where the server or DNS alone can tell, and where the driver refuses the string.
 */
export function loginOf(uri: string): string | undefined {
  try {
    const { username, source } = new MongoClient(uri).options.credentials ?? {};
    if (!username || !source) return undefined;
    const { isSRV, searchParams } = new ConnectionString(uri);
    // The DNS record may name another database than the one in the path.
    const isGuess = isSRV && !searchParams.has('authSource') && !/^(admin|\$external)$/.test(source);
    return isGuess ? undefined : `${username}@${source}`;
  } catch {
    return undefined;
  }
}
