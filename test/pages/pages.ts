import type { Evidence } from '../../src/audit/evidence.ts';
import { anEvidence, aRun, auditedAt } from '../audit/an-evidence.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const since = auditedAt - 30 * day;

/** Everything that can be wrong, over a month of hourly runs. */
export const allWrong: Partial<Evidence> = {
  status: 'open',
  reasons: ['For 2d3h no run succeeded, which is more than a day.'],
  since,
  runs: Array.from({ length: 24 * 30 }, (_, number) => {
    const at = since + number * hour;
    if (number >= 240 && number < 291) return aRun(number, at, { state: 'failed', exitCode: 69 });
    if (number === 400) return aRun(number, at, { state: 'unfinished', exitCode: undefined });
    if (number === 401) return aRun(number, at, { state: 'ended-nothing', mode: 'report' });
    return aRun(number, at, { byHand: number === 500 });
  }),
  gaps: [{ from: since + 239 * hour, to: since + 290 * hour }],
  longestGap: 51 * hour,
  steps: anEvidence().steps.map((step, at) => ({ ...step, state: at < 3 ? 'unseen' : 'contradicted' })),
  openEnds: [
    {
      runId: aRun(1, 0).runId,
      user: 'alice@admin',
      sessionId: aRun(2, 0).runId,
      uid: 'u',
      state: 'in_doubt',
    },
  ],
  chain: {
    ...anEvidence().chain,
    intact: false,
    faults: [{ file: '/var/lib/reaper/audit.jsonl', line: 7, problem: 'its hash is not that of its text' }],
  },
  schedules: [
    {
      kind: 'cron',
      where: '/etc/cron.d/reaper:4',
      says: '0 3 * * 1 reaper /usr/bin/reaper run --quiet',
      longestGap: 7 * day,
      active: false,
      lastRun: undefined,
      nextRun: undefined,
      problems: ['cron.service is not active'],
    },
  ],
  attestation: 'As the ISSO I vouch for the definition.',
  confirmation: {
    file: '/var/log/mongodb/mongod.log',
    confirmed: 44,
    missing: [{ runId: aRun(1, 0).runId, at: auditedAt - day, user: 'alice@admin' }],
    foreign: [
      { at: auditedAt - day, by: 'root@admin', command: '{ killAllSessions: [] }', because: 'no comment' },
    ],
    moreForeign: 0,
    member: 'mongo-01.example.mil:27017',
    cursorsClosed: 9,
    from: since,
    to: auditedAt,
    unreadable: 2,
  },
};

/** Names that would like to be more than names. */
export const hostileNames = [
  '<script>document.title = "owned"</script>',
  '"><img src="http://127.0.0.1:9/x.png" onerror="document.title = 1">',
  "' style='position:fixed;inset:0' '",
  '</title></style><link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
  '\u202enimda\u0000\u001b[31m\u2066@admin',
  `CN=${'x'.repeat(10_000)}@$external`,
  `${'漢字'.repeat(300)}@db`,
  'שלום@admin',
];

/** A page in which every name is one of those. */
export const hostile: Partial<Evidence> = {
  ...allWrong,
  host: hostileNames[1]!,
  deployment: hostileNames.join(''),
  reasons: hostileNames,
  attestation: hostileNames.join('\n'),
  policy: { name: hostileNames[0]!, file: hostileNames[3]!, sha256: hostileNames[5]! },
  steps: anEvidence().steps.map((step) => ({
    ...step,
    because: hostileNames,
    facts: [{ label: hostileNames[0]!, values: hostileNames }],
  })),
  ended: hostileNames.map((name) => ({ rule: name, user: name, ended: 1, killed: 0, failed: 0, inDoubt: 0 })),
  openEnds: hostileNames.map((name) => ({
    ...{ runId: name, user: name, sessionId: name, uid: name, state: 'in_doubt' as const },
  })),
};
