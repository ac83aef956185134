import { BSON, type Document } from 'mongodb';

/** A message of MongoDB’s wire protocol, with the document that it is about. */
export interface Message {
  readonly raw: Buffer;
  readonly requestId: number;
  readonly responseTo: number;
  /** OP_QUERY is only the greeting of a client that does not know its server yet; OP_REPLY answers it. */
  readonly kind: 'OP_MSG' | 'OP_QUERY' | 'OP_REPLY';
  readonly body: Document;
}

const opCodes = { OP_REPLY: 1, OP_QUERY: 2004, OP_MSG: 2013 } as const;
const headerLength = 16;
const checksumPresent = 1;

/** Numbers keep the type that they came with, so that a document can be passed on. */
const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true };

/** Returns a function that takes what a socket receives, piece by piece, and calls `onMessage` for each message. */
export function messageReader(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= headerLength && pending.length >= pending.readInt32LE(0)) {
      const length = pending.readInt32LE(0);
      onMessage(parseMessage(Buffer.from(pending.subarray(0, length))));
      pending = pending.subarray(length);
    }
  };
}

/** Throws on what no driver sends that was offered no compression. */
function parseMessage(raw: Buffer): Message {
  const opCode = raw.readInt32LE(12);
  const [kind] = Object.entries(opCodes).find(([, code]) => code === opCode) ?? [];
  if (kind === undefined) throw new Error(`a message with opcode ${opCode}`);
  return {
    raw,
    requestId: raw.readInt32LE(4),
    responseTo: raw.readInt32LE(8),
    kind: kind as Message['kind'],
    body: bodyOf(raw, kind as Message['kind']),
  };
}

function bodyOf(raw: Buffer, kind: Message['kind']): Document {
  if (kind === 'OP_REPLY') return documentAt(raw, headerLength + 20);
  // The name of the collection, then how many to skip and to return.
  if (kind === 'OP_QUERY') return documentAt(raw, raw.indexOf(0, headerLength + 4) + 1 + 8);
  const end = raw.length - ((raw.readUInt32LE(headerLength) & checksumPresent) === 0 ? 0 : 4);
  let at = headerLength + 4;
  while (at < end) {
    if (raw[at] === 0) return documentAt(raw, at + 1);
    // A sequence of documents, which says how long it is.
    at += 1 + raw.readInt32LE(at + 1);
  }
  throw new Error('an OP_MSG without a body');
}

function documentAt(raw: Buffer, at: number): Document {
  return BSON.deserialize(raw.subarray(at, at + raw.readInt32LE(at)), exact);
}

/** An OP_MSG with this body; `responseTo` is the id of the request that it answers, 0 for a request. */
export function opMsg(body: Document, ids: { requestId: number; responseTo: number }): Buffer {
  const section = Buffer.concat([Buffer.alloc(5), BSON.serialize(body)]);
  return withHeader(section, opCodes.OP_MSG, ids);
}

/** The answer to a message, in the form that it asks for. */
export function answerTo({ kind, requestId }: Message, body: Document): Buffer {
  const ids = { requestId: 0, responseTo: requestId };
  if (kind !== 'OP_QUERY') return opMsg(body, ids);
  const fields = Buffer.alloc(20);
  fields.writeInt32LE(1, 16); // one document
  return withHeader(Buffer.concat([fields, BSON.serialize(body)]), opCodes.OP_REPLY, ids);
}

function withHeader(
  content: Buffer,
  opCode: number,
  { requestId, responseTo }: { requestId: number; responseTo: number },
): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeInt32LE(headerLength + content.length, 0);
  header.writeInt32LE(requestId, 4);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, content]);
}

/** The command that a message carries: its first field. */
export function commandName(body: Document): string {
  return Object.keys(body)[0] ?? '';
}
