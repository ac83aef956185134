import type { Evidence, FoundSchedule } from '../../audit/evidence.ts';
import { cci, groupTitle, nistControl, type Stig } from '../../audit/stig.ts';
import { formatDuration } from '../../policy/duration.ts';
import { html, type Markup } from './escape.ts';
import { facts, literal, moment, paragraphs, section, sentences } from './words.ts';

const kindWords = {
  systemd: 'systemd timer',
  cron: 'cron',
  note: 'vouched for',
} as const satisfies Record<FoundSchedule['kind'], string>;

/** The schedules that were found. */
export function schedulesSection(schedules: readonly FoundSchedule[]): Markup {
  return section(
    'schedules',
    'Schedules',
    schedules.length === 0 ? html`<p>No schedule was found.</p>` : html`${schedules.map(schedule)}`,
  );
}

function schedule({
  kind,
  where,
  says,
  longestGap,
  active,
  lastRun,
  nextRun,
  problems,
}: FoundSchedule): Markup {
  return html`
    <article>
      <h3>${kindWords[kind]}: ${literal(where)}</h3>
      ${facts([
        ['Says', literal(says)],
        ['Longest between starts', longestGap === undefined ? 'unknown' : formatDuration(longestGap)],
        [
          'Will start',
          active === undefined ? 'unknown' : active ? 'yes' : html`<strong class="bad">no</strong>`,
        ],
        ['Last start', lastRun === undefined ? undefined : moment(lastRun)],
        ['Next start', nextRun === undefined ? undefined : moment(nextRun)],
      ])}
      ${problems.length === 0 ? undefined : html`<p>What speaks against it:</p>`} ${sentences(problems)}
    </article>
  `;
}

/** The policy that the runs went by. */
export function policySection(policy: Evidence['policy']): Markup {
  return section(
    'policy',
    'Policy',
    policy === undefined
      ? html`<p>No policy is known.</p>`
      : facts([
          ['Name', literal(policy.name)],
          ['File', literal(policy.file)],
          ['SHA-256', literal(policy.sha256)],
        ]),
  );
}

/** What somebody vouches for where no program can look. */
export function attestationSection(attestation: string | undefined): Markup | undefined {
  if (attestation === undefined) return undefined;
  return section('attestation', 'Attestation', html`<blockquote>${paragraphs(attestation)}</blockquote>`);
}

/** The ids under which a checklist knows the rule, and its check text in full. */
export function ruleSection(stig: Stig): Markup {
  return section(
    'rule',
    'The rule',
    html`
      ${facts([
        ['STIG', html`${stig.title}, version ${stig.version}, ${stig.release}`],
        ['Benchmark', literal(stig.benchmark)],
        ['Vulnerability', literal(stig.groupId)],
        ['Rule', literal(stig.ruleId)],
        ['STIG id', stig.ruleVersion === '' ? undefined : literal(stig.ruleVersion)],
        ['Group', literal(groupTitle)],
        ['Severity', stig.severity === 'low' ? 'low (CAT III)' : 'medium (CAT II)'],
        ['Control', html`${literal(cci)}, NIST SP 800-53 ${literal(nistControl)}`],
      ])}
      <h3>Check text</h3>
      <blockquote>${paragraphs(stig.checkText)}</blockquote>
    `,
  );
}
