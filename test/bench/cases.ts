import type { Deployment } from '../support/deployment-access.ts';
import { startReplicaSet, startStandalone } from '../support/deployment.ts';
import { everyAction, people } from '../support/people.ts';
import { measureLoad, type Load } from './load.ts';
import type { Program } from './measure.ts';
import { makePrograms, mongosh } from './programs.ts';
import {
  changeIdle,
  clearSessions,
  limitMillis,
  makeSessions,
  makeUsers,
  refreshMillis,
} from './sessions.ts';

/** A pair of programs that are measured in turn, and how many times as much of it the first may take. */
export interface Case {
  readonly name: string;
  readonly what: string;
  readonly figure: 'wall' | 'peak';
  /** The ratio must not be above this. */
  readonly goal: number;
  /** Nor the first one’s peak memory above this. */
  readonly bytes?: number;
  readonly pair: () => Promise<readonly [Program, Program]>;
}

/** All cases, with so many sessions for a million; and what stops the servers that they started. */
export async function allCases(million: number) {
  const programs = await makePrograms();
  const started = new Map<string, Promise<Started>>();
  const server = (name: string, members = 1): Promise<Started> => {
    const known = started.get(name) ?? start(members, million);
    started.set(name, known);
    return known;
  };
  const limit = { BENCH_LIMIT: String(limitMillis) };
  const idle = 'when: { idle_for: 2h }';

  /** A dry run against a baseline on a server with so many sessions, or against the mongosh script. */
  const dryRun =
    (where: string, sessions: { listed: number; idle: number }, rule: string, against: string) =>
    async (): Promise<readonly [Program, Program]> => {
      const { deployment, uri } = await server(where);
      await makeSessions(deployment, sessions);
      const env = { ...limit, BENCH_URI: uri };
      return [
        await programs.reaper(where, uri, rule, ['--dry-run']),
        against === 'mongosh' ? await mongosh('stig.js', uri, limit) : programs.baseline(against, env),
      ];
    };
  /** A run that ends a tenth of them on three members. `unlists`: the baseline leaves none in the listing either. */
  const enforcing = (against: string, unlists: boolean) => async (): Promise<readonly [Program, Program]> => {
    const { deployment, uri } = await server('three', 3);
    const tenth = million / 10;
    const remake = async (): Promise<void> => {
      await clearSessions(deployment);
      await makeSessions(deployment, { listed: tenth, idle: tenth });
    };
    const reaper = await programs.reaper('three', uri, `${idle}, terminate: user`, []);
    const BENCH_MEMBERS = deployment.members.map(({ address }) => deployment.memberUri(address)).join(' ');
    const baseline = programs.baseline(against, { ...limit, BENCH_URI: uri, BENCH_MEMBERS });
    return [
      { ...reaper, before: () => reaper.before().then(remake) },
      { ...baseline, ...(unlists && { before: remake }) },
    ];
  };
  /** A run that ends the few that are idle among many. */
  const enforcingSome = async (): Promise<readonly [Program, Program]> => {
    const { deployment, uri } = await server('many');
    await makeSessions(deployment, many);
    const change = (): Promise<void> => changeIdle(deployment, many.idle);
    const reaper = await programs.reaper('many', uri, idle, []);
    const BENCH_MEMBERS = deployment.members.map(({ address }) => deployment.memberUri(address)).join(' ');
    const baseline = programs.baseline('end-some', { ...limit, BENCH_URI: uri, BENCH_MEMBERS });
    return [
      { ...reaper, before: () => reaper.before().then(change) },
      { ...baseline, before: change },
    ];
  };
  const few = { listed: 100, idle: 0 };
  const many = { listed: million, idle: million / 1000 };
  const all = { listed: million, idle: million };

  const cases: Case[] = [
    {
      name: 'version',
      what: 'reaper --version against node -e 0',
      figure: 'wall',
      goal: 1.3,
      pair: async () => [programs.reaperArgs('--version'), { argv: ['-e', '0'] }],
    },
    {
      name: 'nothing',
      what: 'dry run, 100 sessions, nothing to end, against one bare $listSessions',
      figure: 'wall',
      goal: 1.3,
      pair: dryRun('few', few, idle, 'list'),
    },
    {
      name: 'nothing-mongosh',
      what: 'the same against the mongosh script',
      figure: 'wall',
      goal: 1 / 4,
      pair: dryRun('few', few, idle, 'mongosh'),
    },
    {
      name: 'peak',
      what: 'peak memory of a dry run, a million listed and 0.1 % to end, against a thousand listed',
      figure: 'peak',
      goal: 1.3,
      async pair() {
        const some = { listed: million / 1000, idle: million / 1000 };
        const [less] = await dryRun('thousand', some, idle, 'list')();
        const [more] = await dryRun('many', many, idle, 'list')();
        return [more, less];
      },
    },
    {
      name: 'some',
      what: 'dry run, a million sessions, 0.1 % idle, against a hand-written aggregate',
      figure: 'wall',
      goal: 1.3,
      pair: dryRun('many', many, idle, 'idle'),
    },
    {
      name: 'some-mongosh',
      what: 'the same against the mongosh script',
      figure: 'wall',
      goal: 1 / 8,
      pair: dryRun('many', many, idle, 'mongosh'),
    },
    {
      name: 'users',
      what: 'dry run, a million idle sessions of 50 users, terminate: user, against an aggregate by uid',
      figure: 'wall',
      goal: 1.3,
      pair: dryRun('many', all, `${idle}, terminate: user`, 'idle-users'),
    },
    {
      name: 'all',
      what: 'dry run, a million idle sessions, against the bare driver streaming all ids',
      figure: 'wall',
      goal: 1.5,
      bytes: 400 << 20,
      pair: dryRun('many', all, idle, 'idle-ids'),
    },
    {
      name: 'run-some',
      what: 'run, a million sessions, the 0.1 % idle ones are ended, against bare commands that do the same',
      figure: 'wall',
      goal: 1.5,
      pair: enforcingSome,
    },
    {
      name: 'run',
      what: 'run, a tenth of a million sessions of 50 users, three members, against the bare commands',
      figure: 'wall',
      goal: 2,
      // A bare kill leaves the listing as it is.
      pair: enforcing('kill-users', false),
    },
    {
      name: 'run-unlisted',
      what: 'the same against bare commands that also take the sessions out of the listing',
      figure: 'wall',
      goal: 2,
      pair: enforcing('end-users', true),
    },
  ];
  const stop = async (): Promise<void> => {
    for (const each of started.values()) await (await each).stop();
  };
  const load = async (): Promise<Load> => {
    const { deployment, uri } = await server('many');
    await makeSessions(deployment, many);
    return measureLoad(deployment, await programs.reaper('many', uri, idle, ['--dry-run']));
  };
  return { cases, load, decide: programs.baseline('decide', { BENCH_SESSIONS: String(million) }), stop };
}

interface Started {
  readonly deployment: Deployment;
  /** The connection string of an account with what reaper may need. */
  readonly uri: string;
  readonly stop: () => Promise<void>;
}

async function start(members: number, million: number): Promise<Started> {
  const setParameters = {
    maxSessions: 2 * million + 10_000,
    localLogicalSessionTimeoutMinutes: 2880,
    logicalSessionRefreshMillis: refreshMillis,
  };
  const deployment =
    members === 1
      ? await startStandalone({ setParameters })
      : await startReplicaSet({ members, setParameters });
  await makeUsers(deployment);
  const { reaperUri, close } = people(deployment);
  const uri = await reaperUri(everyAction);
  await close();
  return { deployment, uri, stop: () => deployment.stop() };
}
