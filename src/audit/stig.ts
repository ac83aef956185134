/** The ids under which a checklist knows the rule. All of them stand for AC-12, CCI-002361. */
export interface Stig {
  readonly product: '8' | '7' | '4';
  readonly title: string;
  readonly benchmark: string;
  readonly version: string;
  readonly release: string;
  /** How many rules the whole STIG has; undefined where that was not seen. */
  readonly size: number | undefined;
  readonly groupId: string;
  readonly ruleId: string;
  /** The STIG's own number of the rule; empty where that was not seen. */
  readonly ruleVersion: string;
  readonly severity: 'low' | 'medium';
  readonly ruleTitle: string;
  readonly checkText: string;
  readonly fixText: string;
  /** Whether its check text asks for a script: else only an attestation can close it. */
  readonly asksForScript: boolean;
}

export const groupTitle = 'SRG-APP-000295-DB-000305';
export const cci = 'CCI-002361';
export const nistControl = 'AC-12';

const secondSentence =
  'If the documentation explicitly states that such termination is not required or is prohibited, this is not a finding.';
const definition =
  "Review system documentation to obtain the organization's definition of circumstances requiring automatic session termination.";
/** The older check texts ask for no script: what they want is an assurance that nobody but the owner can give. */
const assurance = `${definition}\n\n${secondSentence}\n\nIf the system owner, data owner, or organization requires additional assurance, this is a finding.`;
const olderTitle = (who: string): string =>
  `${who} must automatically terminate a user session after organization-defined conditions or trigger events requiring session disconnect.`;

/** The check text of V-281700, sentence by sentence: each step of the evidence answers one. */
export const checkText = {
  definition,
  notRequired: secondSentence,
  script:
    'Ensure a script is in place and scheduled that does the following (see fix content for example commands):',
  listing: '1. Lists all user sessions.',
  determination: '2. From the output, determines which user-initiated database sessions must be terminated.',
  termination: '3. Terminates the identified sessions by user.',
  schedule: 'If a script does not exist or is not scheduled to run at least daily, this is a finding.',
} as const;

/**
 * What a checklist is told as the fix. The STIG's own fix text prints a command that ends every user's sessions
 * (T1), so no document of ours repeats it.
 */
const fixText =
  'Determine the situations when a user-initiated database session must be terminated, write them down as a policy, and let a schedule run reaper with it at least daily.';

export const stigs: Readonly<Record<Stig['product'], Stig>> = {
  '8': {
    product: '8',
    title: 'MongoDB Enterprise Advanced 8.x Security Technical Implementation Guide',
    benchmark: 'MongoDB_Enterprise_Advanced_8-x_STIG',
    version: '1',
    release: 'Release: 1 Benchmark Date: 01 Apr 2026',
    size: 55,
    groupId: 'V-281700',
    ruleId: 'SV-281700r1179499_rule',
    ruleVersion: 'MD8X-00-006050',
    severity: 'low',
    ruleTitle:
      'MongoDB must terminate a user session after organization-defined conditions or trigger events requiring session disconnect via a scheduled script.',
    checkText: [
      `${checkText.definition}\n\n${checkText.notRequired}\n\n${checkText.script}`,
      `${checkText.listing}\n${checkText.determination}\n${checkText.termination}\n\n${checkText.schedule}`,
    ].join('\n'),
    fixText,
    asksForScript: true,
  },
  '7': {
    product: '7',
    title: 'MongoDB Enterprise Advanced 7.x Security Technical Implementation Guide',
    benchmark: 'MongoDB_Enterprise_Advanced_7-x_STIG',
    version: '1',
    release: 'Release: 1 (V1R1)',
    size: undefined,
    groupId: 'V-265933',
    ruleId: 'SV-265933r1028585_rule',
    ruleVersion: '',
    severity: 'medium',
    ruleTitle: olderTitle('The DBMS'),
    checkText: assurance,
    fixText,
    asksForScript: false,
  },
  '4': {
    product: '4',
    title: 'MongoDB Enterprise Advanced 4.x Security Technical Implementation Guide',
    benchmark: 'MongoDB_Enterprise_Advanced_4-x_STIG',
    version: '1',
    release: 'Release: 3 Benchmark Date: 18 Dec 2023',
    size: undefined,
    groupId: 'V-252170',
    ruleId: 'SV-252170r879673_rule',
    ruleVersion: 'MD4X-00-004400',
    severity: 'medium',
    ruleTitle: olderTitle('MongoDB'),
    checkText: assurance,
    fixText,
    asksForScript: false,
  },
};
