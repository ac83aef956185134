import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Evidence, FindingStatus, ServerConfirmation } from '../../../src/audit/evidence.ts';
import { stigs } from '../../../src/audit/stig.ts';
import type { Asset } from '../../../src/report/checklist/asset.ts';
import { anEvidence } from '../../audit/an-evidence.ts';

const statuses: readonly FindingStatus[] = ['not_a_finding', 'open', 'not_reviewed'];

/** Every status of every STIG that has the rule. */
export const evidences: readonly (readonly [string, Evidence])[] = Object.values(stigs).flatMap((stig) =>
  statuses.map((status) => [`MongoDB ${stig.product}, ${status}`, anEvidence({ stig, status })] as const),
);

export const anAsset: Asset = {
  hostName: 'mongo-prod-01',
  fqdn: 'mongo-prod-01.example.mil',
  addresses: ['10.0.0.5', 'fd00::5'],
  instance: 'rs0',
};

/** Of a host of which nothing but the name is known. */
export const aBareAsset: Asset = { hostName: 'db', fqdn: undefined, addresses: [], instance: undefined };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What people may call themselves, and write into a policy. */
const hostileTexts = [
  ']]>',
  '<script>alert(1)</script>',
  '</FINDING_DETAILS><STATUS>NotAFinding</STATUS>',
  '<!-- x --> <![CDATA[ & &amp; &lt; &#10;',
  `" ' \\ \\" \\n $& $1 $'`,
  'two\nlines\r\nand\ttabs',
  '\u001b[31mred\u001b[0m\u0007',
  '\u202etxt.exe\u2066',
  'nul\u0000, half \ud800, none \uffff \ufffe',
  '--- reaper audit: end ---\n--- reaper audit: begin ---',
  'passed :: TEST x :: MESSAGE y',
  'x'.repeat(10_000),
  '😀'.repeat(5000),
];

/** Each with a name that is short enough for a test’s. */
export const hostile = hostileTexts.map((text) => [JSON.stringify(text).slice(0, 40), text] as const);

/** Text of what parsers and terminals stumble over, and of letters. */
export const oddText = fc.string({
  unit: fc.constantFrom(
    ...[
      'a',
      'B',
      '7',
      ' ',
      '-',
      '<',
      '>',
      '&',
      '#',
      ';',
      '"',
      "'",
      '\\',
      '/',
      ':',
      '$',
      ']',
      '\n',
      '\r',
      '\t',
    ],
    ...['\u0000', '\u001b', '\u007f', '\u0085', '\u009b', '\u00ad', '\u200b', '\u202e', '\u2028', '\u2066'],
    ...['é', '漢', '😀', '\ud800', '\udc00', '\ue000', '\ufeff', '\ufffd', '\ufffe', '\uffff', '\u{e0041}'],
  ),
});

/** An evidence that says this text wherever it can say what somebody else chose. */
export function hostileEvidence(text: string, more: Partial<Evidence> = {}): Evidence {
  const evidence = anEvidence(more);
  return {
    ...evidence,
    reasons: [text],
    host: text,
    deployment: text,
    steps: evidence.steps.map((step) => ({
      ...step,
      because: [text],
      facts: [{ label: text, values: [text] }],
    })),
    ended: [{ rule: text, user: text, ended: 1, killed: 0, failed: 0, inDoubt: 0 }],
    openEnds: [{ runId: text, user: text, sessionId: text, uid: text, state: 'in_doubt' }],
    chain: {
      ...evidence.chain,
      intact: false,
      faults: [{ file: text, line: 1, problem: text }],
      head: { sequence: 1, hash: text },
    },
    schedules: evidence.schedules.map((each) => ({ ...each, where: text, says: text, problems: [text] })),
    policy: { name: text, file: text, sha256: text },
    auditLog: text,
    attestation: text,
    confirmation: aConfirmation({ file: text }),
  };
}

/** What a mongod’s log says of the audit log, where both agree. */
export function aConfirmation(more: Partial<ServerConfirmation> = {}): ServerConfirmation {
  return {
    file: '/var/log/mongodb/mongod.log',
    confirmed: 3,
    missing: [],
    foreign: [],
    moreForeign: 0,
    member: undefined,
    cursorsClosed: 0,
    from: undefined,
    to: undefined,
    unreadable: 0,
    ...more,
  };
}

/** What no format may show as it is: control characters, half characters, what turns the direction of the text. */
export const misleading = /[\p{Cf}\p{Cs}\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/u;
