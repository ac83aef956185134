import { logId, type LogEntry } from './log-entry.ts';

/** Finds out of which member a log is. */
export interface WhichMember {
  add(entry: LogEntry): void;
  /** Its address in the replica set’s configuration; undefined if the log does not tell. */
  member(): string | undefined;
}

/** Takes the addresses of all members; one that the log names itself by need not be among them. */
export function whichMember(addresses: ReadonlySet<string>): WhichMember {
  let self: string | undefined;
  let host: string | undefined;
  return {
    add({ id, attr }) {
      if (id === logId.self && typeof attr['hostAndPort'] === 'string') self = attr['hostAndPort'];
      const startup = id === logId.starting || id === logId.process;
      if (startup && typeof attr['host'] === 'string') host = `${attr['host']}:${String(attr['port'])}`;
    },
    member() {
      if (self !== undefined || host === undefined) return self;
      const name = shortName(host);
      const alike = [...addresses].filter((address) => shortName(address) === name);
      return alike.length === 1 ? alike[0] : undefined;
    },
  };
}

/** A process knows its host’s name, the configuration often the longer one. */
function shortName(address: string): string {
  const [host = '', port = ''] = address.toLowerCase().split(/:(?=\d+$)/);
  const isName = /[a-z]/.test(host) && !host.startsWith('[');
  return `${isName ? host.split('.')[0] : host}:${port}`;
}
