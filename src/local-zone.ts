import { realpathSync } from 'node:fs';
import { ReaperError } from './errors.ts';

/**
 * Takes `$TZ` and returns the IANA zone that `location: Local` means. Throws a ReaperError where that cannot be told:
 * Node goes by UTC then without a word, or by rules that have no name.
 */
export function localZoneOf(tz: string | undefined): string {
  if (tz === undefined) return knownZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? 'UTC';
  // The C library takes what follows a colon for the name or the path of a file.
  const name = tz.replace(/^:/, '');
  // To it no name at all is UTC.
  const zone = name === '' ? 'UTC' : knownZone(name.startsWith('/') ? nameOfFile(name) : name);
  if (zone !== undefined) return zone;
  throw new ReaperError(
    'zone-unknown',
    `TZ is ${JSON.stringify(tz)}, which names no time zone: what location: Local means cannot be told`,
    { remedy: 'set TZ to a name as Europe/Berlin, or write the zone into location' },
  );
}

/** The zone of this name, as this runtime writes it; undefined if it knows none. */
function knownZone(name: string | undefined): string | undefined {
  // Some files of the tz database stand in folders of their own.
  const bare = name?.replace(/^(posix|right)\//, '');
  // Some runtimes know offsets too. In TZ these have the other sign.
  if (bare === undefined || !/^[A-Za-z]/.test(bare)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: bare }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** A file of the tz database is called as its zone, and `/etc/localtime` mostly leads to one. */
function nameOfFile(path: string): string | undefined {
  const [, name] = /\/zoneinfo\/(.+)$/.exec(path) ?? [];
  if (name !== undefined) return name;
  try {
    return /\/zoneinfo\/(.+)$/.exec(realpathSync(path))?.[1];
  } catch {
    return undefined;
  }
}
