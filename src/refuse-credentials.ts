import { ReaperError } from './errors.ts';

/**
 * Throws if an argument holds a connection string with a password: whatever it was meant for, it would be shown in
 * an error or recorded, and other users of the host may have seen it already.
 */
export function refuseCredentials(argv: readonly string[]): void {
  if (!argv.some((argument) => /mongodb(\+srv)?:\/\/\S*:\S*@/i.test(argument))) return;
  throw new ReaperError('usage', 'an argument holds a connection string with a password', {
    remedy:
      'arguments are public, so change that password; then put the connection string into $CREDENTIALS_DIRECTORY/mongodb-uri (systemd), a file named by --uri-file, or REAPER_MONGODB_URI',
  });
}
