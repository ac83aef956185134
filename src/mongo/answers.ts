import { ObjectId } from 'mongodb';
import { fieldsOf, isCount, isMap, isText, isTime, listOf, orNone } from './malformed-answer.ts';

/** What is read of a server’s `hello`. */
export interface Hello {
  /** Its clock, ms since the epoch (L8). */
  readonly localTime: number;
  /** Undefined where the server does not tell. */
  readonly logicalSessionTimeoutMinutes: number | undefined;
  /** Of a router: `isdbgrid`. */
  readonly msg: string | undefined;
  readonly setName: string | undefined;
  /** Its own address in the replica set. */
  readonly me: string | undefined;
  /** The set’s members that are neither hidden nor arbiters. */
  readonly hosts: readonly string[];
  readonly isWritablePrimary: boolean;
  readonly secondary: boolean;
  readonly hidden: boolean;
  /** Tells this process, and of a primary its term, from every other; undefined where the server does not tell. */
  readonly term: string | undefined;
}

/** A replica set has no more members. */
const mostMembers = 50;

/** Takes the answer to `hello`; throws a ReaperError if it is none. */
export function parseHello(answer: unknown): Hello {
  const take = fieldsOf('hello', answer);
  return {
    localTime: take('localTime', isTime).getTime(),
    logicalSessionTimeoutMinutes: take('logicalSessionTimeoutMinutes', orNone(isCount)) ?? undefined,
    msg: take('msg', orNone(isText)) ?? undefined,
    setName: take('setName', orNone(isText)) ?? undefined,
    me: take('me', orNone(isText)) ?? undefined,
    hosts: [...(take('hosts', orNone(isAddresses)) ?? []), ...(take('passives', orNone(isAddresses)) ?? [])],
    isWritablePrimary: take('isWritablePrimary', orNone(isFlag)) === true,
    secondary: take('secondary', orNone(isFlag)) === true,
    hidden: take('hidden', orNone(isFlag)) === true,
    term: termOf(take('topologyVersion', orNone(isMap))?.['processId'], take('electionId', orNone(isId))),
  };
}

/** A standalone has no elections. */
function termOf(processId: unknown, electionId: ObjectId | null | undefined): string | undefined {
  return isId(processId) ? `${processId.toHexString()} ${electionId?.toHexString()}` : undefined;
}

/** Takes the answer to `buildInfo` and returns the server’s version; throws a ReaperError if it has none. */
export function parseVersion(answer: unknown): string {
  return fieldsOf('buildInfo', answer)('version', isText);
}

interface Privilege {
  readonly resource: { readonly cluster?: unknown; readonly anyResource?: unknown };
  readonly actions: readonly string[];
}

/** Takes the answer to `connectionStatus` and returns who is logged in, and may do what; throws a ReaperError if it is none. */
export function parseConnectionStatus(answer: unknown): {
  users: readonly { readonly user: string; readonly db: string }[];
  privileges: readonly Privilege[];
} {
  const take = fieldsOf('connectionStatus', fieldsOf('connectionStatus', answer)('authInfo', isMap));
  return {
    users: take('authenticatedUsers', orNone(listOf(isUserName))) ?? [],
    privileges: take('authenticatedUserPrivileges', orNone(listOf(isPrivilege))) ?? [],
  };
}

/** Takes the answer to `replSetGetConfig` and returns the addresses of all that bear data; throws a ReaperError if it is none. */
export function parseDataBearing(answer: unknown): string[] {
  const take = fieldsOf('replSetGetConfig', fieldsOf('replSetGetConfig', answer)('config', isMap));
  const members = take('members', isMembers);
  return members.filter(({ arbiterOnly }) => arbiterOnly !== true).map(({ host }) => host);
}

/**
 * Takes the answer to `getParameter` and returns how long the server may keep a use to itself, in ms; undefined
 * where it does not tell, or tells what cannot be: then the default counts.
 */
export function parseRefreshMillis(answer: unknown): number | undefined {
  const millis = isMap(answer) ? answer['logicalSessionRefreshMillis'] : undefined;
  return isCount(millis) && millis > 0 ? millis : undefined;
}

/** A user that the server stores, and the roles of that user; none where they were not told. */
export interface UserRoles {
  readonly user: string;
  readonly db: string;
  readonly inheritedRoles?: readonly { readonly role: string; readonly db: string }[] | null;
}

/** Takes the answer to `usersInfo`; throws a ReaperError if it is none. */
export function parseUsersInfo(answer: unknown): readonly UserRoles[] {
  return fieldsOf('usersInfo', answer)('users', listOf(isUserRoles));
}

/** Whether this names a user by its two halves. */
export function isUserName(value: unknown): value is { readonly user: string; readonly db: string } {
  return isMap(value) && isText(value['user']) && isText(value['db']);
}

function isUserRoles(value: unknown): value is UserRoles {
  return isUserName(value) && orNone(listOf(isRole))((value as { inheritedRoles?: unknown }).inheritedRoles);
}

function isRole(value: unknown): value is { readonly role: string; readonly db: string } {
  return isMap(value) && isText(value['role']) && isText(value['db']);
}

function isPrivilege(value: unknown): value is Privilege {
  return isMap(value) && isMap(value['resource']) && listOf(isText)(value['actions']);
}

function isAddresses(value: unknown): value is readonly string[] {
  return listOf(isText)(value) && value.length <= mostMembers;
}

function isMembers(value: unknown): value is readonly { host: string; arbiterOnly?: unknown }[] {
  return Array.isArray(value) && value.length > 0 && value.length <= mostMembers && value.every(isMember);
}

function isMember(value: unknown): value is { host: string } {
  return isMap(value) && isText(value['host']);
}

function isId(value: unknown): value is ObjectId {
  return value instanceof ObjectId;
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
