import { connect, type Socket } from 'node:net';
import type { Document } from 'mongodb';
import { listen, type Listening } from './mongos/listen.ts';
import { commandName, messageReader, opMsg, type Message } from './mongos/wire.ts';

/** One message between reaper and a server, as it passes the proxy. */
export interface Passing {
  /** The name of the command, also of the one that an answer is to. */
  readonly command: string;
  readonly direction: 'request' | 'answer';
}

/** What happens to a message: `cut` closes the connection instead, `swallow` keeps it; a number is a delay in ms. */
type Fate = 'pass' | 'cut' | 'swallow' | number;

/** A proxy before a server, which does to reaper’s messages what a bad network would; all others pass untouched. */
export interface Proxy extends Listening {
  meddle: (passing: Passing) => Fate;
  /** What reaper gets to read instead of an answer’s document; undefined leaves the answer as it is. */
  alter: (answer: Document, command: string) => Document | undefined;
}

/** Starts a proxy to the server at an address; it lets everything pass until it is told otherwise. */
export async function startProxy(address: string): Promise<Proxy> {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  const listening = await listen((client) => {
    const server = connect({ host, port: Number(port) });
    server.on('error', () => client.destroy());
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    relay(client, server, {
      meddle: (passing) => proxy.meddle(passing),
      alter: (answer, command) => proxy.alter(answer, command),
    });
  });
  const proxy: Proxy = { ...listening, meddle: () => 'pass', alter: () => undefined };
  return proxy;
}

/** Passes everything on; of a client that greets as reaper message by message, as `meddle` and `alter` say. */
function relay(client: Socket, server: Socket, { meddle, alter }: Pick<Proxy, 'meddle' | 'alter'>): void {
  const commands = new Map<number, string>();
  let greeted = false;
  const pass = (to: Socket, raw: Buffer, fate: Fate): void => {
    if (fate === 'cut') client.destroy();
    else if (fate === 'pass') to.write(raw);
    else if (typeof fate === 'number') setTimeout(() => to.writable && to.write(raw), fate);
  };
  const fromClient = messageReader((message) => {
    if (!greeted) {
      greeted = true;
      if (!isReaper(message)) return passAll(message);
    }
    const command = commandName(message.body);
    commands.set(message.requestId, command);
    pass(server, message.raw, meddle({ command, direction: 'request' }));
  });
  const fromServer = messageReader((message) => {
    const command = commands.get(message.responseTo) ?? '';
    const { kind, body, raw, requestId, responseTo } = message;
    const altered = kind === 'OP_MSG' ? alter(body, command) : undefined;
    const bytes = altered === undefined ? raw : opMsg(altered, { requestId, responseTo });
    pass(client, bytes, meddle({ command, direction: 'answer' }));
  });
  // Members of a set compress what they tell each other: that is not read.
  const passAll = ({ raw }: Message): void => {
    client.off('data', fromClient);
    server.off('data', fromServer);
    server.write(raw);
    client.pipe(server).pipe(client);
  };
  client.on('data', fromClient);
  server.on('data', fromServer);
}

function isReaper({ body }: Message): boolean {
  return body['client']?.application?.name === 'reaper';
}
