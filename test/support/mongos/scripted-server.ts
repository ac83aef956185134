import type { Document } from 'mongodb';
import { listen, type Listening } from './listen.ts';
import { answerTo, commandName, messageReader } from './wire.ts';

/** What a scripted server answers to a command; a function gets the command. */
export type Script = Readonly<Record<string, Document | ((command: Document) => Document)>>;

/**
 * A server that answers each command with the document that a test gives for it: for products and versions that
 * cannot be had in a test. Commands without an answer get MongoDB’s error for unknown ones.
 */
export async function startScriptedServer(script: Script): Promise<Listening & { readonly uri: string }> {
  const answers: Script = { ismaster: script['hello'] ?? {}, isMaster: script['hello'] ?? {}, ...script };
  const listening = await listen((socket) => {
    const read = messageReader((message) => {
      const name = commandName(message.body);
      const answer = answers[name] ?? {
        ok: 0,
        code: 59,
        codeName: 'CommandNotFound',
        errmsg: `no such command: '${name}'`,
      };
      const body = typeof answer === 'function' ? answer(message.body) : answer;
      socket.write(answerTo(message, { ok: 1, ...body }));
    });
    socket.on('data', read);
  });
  return { ...listening, uri: `mongodb://${listening.address}/` };
}

/** The `hello` of a standalone MongoDB 7.0, for a script to change. */
export function helloOf(changes: Document = {}): Document {
  return {
    isWritablePrimary: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ...changes,
  };
}
