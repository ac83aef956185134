import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aServer } from '../mongo/a-server.ts';
import { listen } from '../support/mongos/listen.ts';
import { callReaper } from '../support/reaper.ts';
import { answerTo, commandName, messageReader, opMsg, type Message } from '../support/mongos/wire.ts';

let folder: string;
let policyFile: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-wire-'));
  policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, 'version: 1\nname: p\nrules: [{ name: r, when: { users: ["*"] } }]\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes something that is no answer to this message. */
type Answer = (message: Message, socket: Socket) => void;

const good = (body: Document) => (message: Message) => answerTo(message, { ok: 1, ...body });

function bytes(make: (message: Message) => Buffer): Answer {
  return (message, socket) => void socket.write(make(message));
}

/** An answer in whose BSON a part is replaced. */
function changed(at: (document: Buffer) => number, by: Buffer): Answer {
  return bytes((message) => {
    const document = Buffer.from(BSON.serialize({ ok: 1, text: 'a text', more: { list: [1, 2] } }));
    by.copy(document, at(document));
    const section = Buffer.concat([Buffer.alloc(5), document]);
    const header = Buffer.alloc(16);
    header.writeInt32LE(16 + section.length, 0);
    header.writeInt32LE(message.requestId, 8);
    header.writeInt32LE(2013, 12);
    return Buffer.concat([header, section]);
  });
}

const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
};

/** An answer in whose header the number at this place is another. */
const header = (at: number, value: number): Answer =>
  bytes((message) => {
    const whole = good({})(message);
    whole.writeInt32LE(value, at);
    return whole;
  });

const answers = {
  'text instead of a message': (_message, socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
  noise: (_message, socket) => void socket.write(Buffer.alloc(4096, 0xa5)),
  'a message of a length below nothing': header(0, -1),
  'a message of two gigabytes': header(0, 0x7fff_ffff),
  'a message of another kind': header(12, 2004),
  'a message of no kind': header(12, 77),
  'a compressed message that is none': header(12, 2012),
  'the answer to another question': header(8, 12_345),
  'half a message, then the end': (message, socket) => void socket.end(good({})(message).subarray(0, 30)),
  'nothing, and the end': (_message, socket) => void socket.end(),
  'a document longer than its message': changed(() => 0, int32(0x7fff_ffff)),
  'a text longer than its document': changed((document) => document.indexOf('text\0') + 5, int32(1_000_000)),
  'a text that is no UTF-8': changed((document) => document.indexOf('a text'), Buffer.from([0xff, 0xfe])),
  'a value of no type': changed((document) => document.indexOf('text\0') - 1, Buffer.from([0x6e])),
  'a document without an end': changed((document) => document.length - 1, Buffer.from([1])),
  'the same answer twice': bytes((message) => Buffer.concat([good({})(message), good({})(message)])),
  'documents in documents, 5000 deep': bytes((message) => {
    let body: Document = { ok: 1 };
    for (let depth = 0; depth < 5000; depth++) body = { a: body };
    return answerTo(message, { ok: 1, ...body });
  }),
  'an answer that nobody asked for': bytes((message) =>
    Buffer.concat([opMsg({ ok: 1 }, { requestId: 1, responseTo: 999_999 }), good({})(message)]),
  ),
} satisfies Record<string, Answer>;

/** Greetings over which the driver stumbles are in crash.test.ts, in a process of their own. */
const greetings = ['noise', 'nothing, and the end', 'a document without an end'] as const;

describe.concurrent('a server that answers nonsense', () => {
  test.each([
    ...greetings.map((name) => ['hello', name, answers[name]] as const),
    ...Object.entries(answers).map(([name, answer]) => ['connectionStatus', name, answer] as const),
  ])('to %s: %s', async (step, _name, answer) => {
    const { code, stdout, stderr, commands } = await runAgainst(step, answer);
    expect([1, 3, 69, 77]).toContain(code);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^reaper: /m);
    expect(stderr).not.toMatch(/\n\s+at |node:internal|Node\.js v/);
    expect(commands).not.toContain('killAllSessionsByPattern');
  });
});

/** A server that greets as it should until a command comes that it answers like this. */
async function runAgainst(step: string, answer: Answer) {
  const commands: string[] = [];
  const script = aServer();
  const server = await listen((socket) => {
    socket.on(
      'data',
      messageReader((message) => {
        const name = commandName(message.body);
        commands.push(name);
        const isGreeting = name.toLowerCase() === 'ismaster' || name === 'hello';
        if (name === step || (step === 'hello' && isGreeting)) answer(message, socket);
        else {
          const usual = script[isGreeting ? 'hello' : name] ?? { ok: 0, errmsg: 'no such command' };
          socket.write(good(typeof usual === 'function' ? usual(message.body) : usual)(message));
        }
      }),
    );
  });
  const state = await mkdtemp(join(folder, 'state-'));
  try {
    const uri = `mongodb://${server.address}/`;
    const argv = ['run', '--policy', policyFile, '--state-dir', state, '--timeout', '3s'];
    const { code, stdout, stderr } = await callReaper(argv, { env: { REAPER_MONGODB_URI: uri } });
    return { code, stdout, stderr, commands };
  } finally {
    await server.stop();
  }
}
