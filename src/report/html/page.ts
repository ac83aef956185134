import type { Evidence } from '../../audit/evidence.ts';
import { endedSection, openEndsSection } from './ended.ts';
import { html } from './escape.ts';
import { figures, pageHeader } from './head.ts';
import { chainSection, confirmationSection } from './proof.ts';
import { runsSection } from './runs.ts';
import { attestationSection, policySection, ruleSection, schedulesSection } from './sources.ts';
import { statuses } from './states.ts';
import { stepsSection } from './steps.ts';
import { base } from './style-base.ts';
import { parts } from './style-parts.ts';
import { print } from './style-print.ts';
import { theme } from './style-theme.ts';
import { timelineStyle } from './style-timeline.ts';
import { section, sentences } from './words.ts';

/**
 * It may load nothing from anywhere and run nothing; its own style is all it has. So a browser that has it from a
 * server does not ask that server for an icon either.
 */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Takes the evidence and returns it as one HTML page, which needs no other file, no script and no network. Below
 * its first line it is well-formed XML too.
 */
export function auditHtml(evidence: Evidence): string {
  const { stig, status, deployment, version } = evidence;
  const title = `${stig.groupId}: ${statuses[status].words}${deployment === undefined ? '' : `, ${deployment}`}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="reaper ${version}" />
        <title>${title}</title>
        ${theme} ${base} ${parts} ${timelineStyle} ${print}
      </head>
      <body>
        ${pageHeader(evidence)}
        <main class="column">
          ${figures(evidence)} ${section('why', 'Why', sentences(evidence.reasons))}
          ${stepsSection(evidence.steps)} ${runsSection(evidence)} ${endedSection(evidence.ended)}
          ${openEndsSection(evidence.openEnds)} ${schedulesSection(evidence.schedules)}
          ${chainSection(evidence)} ${confirmationSection(evidence.confirmation)}
          ${policySection(evidence.policy)} ${attestationSection(evidence.attestation)} ${ruleSection(stig)}
        </main>
        <footer class="column">
          <p>
            All times are UTC. Made by <code>reaper audit</code>; with <code>--json</code> it says the same to
            programs.
          </p>
        </footer>
      </body>
    </html> `.toString();
}
