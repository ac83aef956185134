import { connect, type Socket } from 'node:net';
import { MongoClient, type Document } from 'mongodb';
import type { Deployment } from '../deployment-access.ts';
import { listen, type Listening } from './listen.ts';
import { passOnKill } from './pass-on-kill.ts';
import { helloOfRouter, makeRouterView, type RouterView } from './router-view.ts';
import { answerTo, commandName, messageReader, opMsg, type Message } from './wire.ts';

/**
 * A STAND-IN for a router (mongos), for tests where no mongos can be had: it is none, and shows only that reaper
 * says what a mongos is told and takes what a mongos answers. It stands before a real replica set, which plays the
 * only shard: every client gets a connection of its own to the set’s primary, so that logins, privileges, listings
 * and cursors are a real server’s. What a mongos does differently is changed on the way, as its source has it
 * (see src/mongo/routers.ts): its greeting, `$currentOp`, `$listLocalSessions`, and that it passes a kill on.
 */
export async function startStandInRouter(shard: Deployment): Promise<Listening> {
  const root = await MongoClient.connect(shard.uri());
  const members = shard.members.map(
    ({ address }) => new MongoClient(shard.memberUri(address), { serverSelectionTimeoutMS: 2_000 }),
  );
  const view = makeRouterView();
  const listening = await listen((client) => {
    serve(client, { root, members, view }).catch(() => client.destroy());
  });
  return {
    address: listening.address,
    async stop() {
      await listening.stop();
      await Promise.all([root, ...members].map((each) => each.close()));
    },
  };
}

interface Router {
  readonly root: MongoClient;
  readonly members: readonly MongoClient[];
  readonly view: RouterView;
}

/** Passes one client’s messages on to the primary, and the answers back. */
async function serve(client: Socket, router: Router): Promise<void> {
  const { primary } = await router.root.db('admin').command({ hello: 1 });
  const [host = '', port = ''] = String(primary).split(/:(?=\d+$)/);
  const upstream = connect({ host, port: Number(port) });
  const asked = new Map<number, Message>();

  const onRequest = (message: Message): void => {
    const name = commandName(message.body);
    router.view.noteUse(message.body);
    if (name === 'replSetGetConfig') {
      client.write(answerTo(message, noSuchCommand(name)));
      return;
    }
    asked.set(message.requestId, message);
    const pipeline = name === 'aggregate' ? router.view.pipelineFor(message.body['pipeline']) : undefined;
    const changed = pipeline && { ...message.body, pipeline };
    upstream.write(changed ? opMsg(changed, { requestId: message.requestId, responseTo: 0 }) : message.raw);
  };
  const onAnswer = async (answer: Message): Promise<void> => {
    const request = asked.get(answer.responseTo);
    asked.delete(answer.responseTo);
    const name = commandName(request?.body ?? {});
    if (request !== undefined && ['hello', 'isMaster', 'ismaster'].includes(name)) {
      router.view.noteConnection(answer.body);
      client.write(answerTo(request, helloOfRouter(answer.body)));
    } else if (
      request !== undefined &&
      name === 'killAllSessionsByPattern' &&
      Number(answer.body['ok']) === 1
    ) {
      client.write(answerTo(request, await passOnKill(request.body, answer.body, router.members)));
    } else client.write(answer.raw);
  };

  upstream.on(
    'data',
    messageReader((answer) => void onAnswer(answer).catch(() => client.destroy())),
  );
  upstream.on('error', () => client.destroy());
  upstream.once('close', () => client.destroy());
  client.once('close', () => upstream.destroy());
  client.on('data', messageReader(onRequest));
}

function noSuchCommand(name: string): Document {
  return { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: '${name}'` };
}
