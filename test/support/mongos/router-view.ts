import { Binary, type Document } from 'mongodb';

/** The name of the shard that the replica set behind a stand-in plays. */
const shardName = 'shard-1';

/** What a router knows of itself: what was used through it, and its connections. */
export interface RouterView {
  noteUse(command: Document): void;
  /** Takes what the primary said to a connection of this router’s. */
  noteConnection(hello: Document): void;
  /** Takes a pipeline and returns it as the primary must run it to answer as a router; undefined if as it is. */
  pipelineFor(pipeline: readonly Document[]): Document[] | undefined;
}

/** The stand-in’s share of `$currentOp` and `$listLocalSessions`: each router shows its own, not the primary’s all. */
export function makeRouterView(): RouterView {
  const sessions = new Map<string, Binary>();
  const connections = new Set<number>();
  return {
    noteUse({ lsid }) {
      if (lsid?.id instanceof Binary) sessions.set(lsid.id.toString('hex'), lsid.id);
    },
    noteConnection({ connectionId }) {
      connections.add(Number(connectionId));
    },
    pipelineFor([first, ...rest]) {
      const used = { $in: [...sessions.values()] };
      if (first?.['$listLocalSessions'] !== undefined)
        return [first, { $match: { '_id.id': used } }, ...rest];
      const options = first?.['$currentOp'];
      if (first === undefined || options === undefined) return undefined;
      if (options.localOps !== true) return [first, ...asOnAShard, ...rest];
      const own = [{ 'lsid.id': used }, { connectionId: { $in: [...connections] } }];
      return [first, { $match: { $or: own } }, ...rest];
    },
  };
}

/** How an operation on a shard looks through a router. */
const asOnAShard = [
  {
    $addFields: {
      shard: shardName,
      opid: {
        $cond: [
          { $eq: [{ $type: '$opid' }, 'missing'] },
          '$$REMOVE',
          { $concat: [`${shardName}:`, { $toString: '$opid' }] },
        ],
      },
      client_s: '$client',
    },
  },
  { $project: { client: 0 } },
];

const fieldsOfMembers = [
  ...['hosts', 'passives', 'setName', 'setVersion', 'secondary', 'primary', 'me', 'electionId', 'lastWrite'],
  ...['topologyVersion', 'tags', 'hidden', 'passive', 'compression'],
];

/** A primary’s greeting as a router’s. Without a version of its topology: a client would wait for a newer one. */
export function helloOfRouter(hello: Document): Document {
  const kept = Object.entries(hello).filter(([field]) => !fieldsOfMembers.includes(field));
  return { ...Object.fromEntries(kept), msg: 'isdbgrid' };
}
