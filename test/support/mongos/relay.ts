import { connect, type Socket } from 'node:net';
import { listen, type Listening } from './listen.ts';

/** A relay before a server, which can be told to hang. */
export interface Relay extends Listening {
  /** From now on it takes connections and bytes, and passes nothing on: as a host that has lost its network. */
  hang(): void;
}

/** Starts a relay to the server at an address. */
export async function startRelay(address: string): Promise<Relay> {
  const sockets = new Set<Socket>();
  let hangs = false;
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  const listening = await listen((client) => {
    if (hangs) return;
    const server = connect({ host, port: Number(port) });
    server.on('error', () => client.destroy());
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    for (const socket of [client, server]) sockets.add(socket);
    client.pipe(server).pipe(client);
  });
  return {
    ...listening,
    hang() {
      hangs = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}
