import type { ChecklistFile } from '../../../src/report/checklist/checklist-file.ts';

export const asFile = (text: string, file = 'site.ckl'): ChecklistFile => ({ file, text });

/** One rule of somebody’s checklist of STIG Viewer 2, its five fields as they stand in the file. */
export interface SiteRule {
  readonly vulnNum: string;
  readonly ruleId: string;
  readonly status?: string;
  readonly details?: string;
  readonly comments?: string;
}

/** An odd but valid one: attributes, comments, CDATA, references, its own indentation. */
export function siteVuln({ vulnNum, ruleId, status, details, comments }: SiteRule): string {
  return `
\t  <VULN><!-- <STATUS>Open</STATUS> of ${vulnNum} -->
      <STIG_DATA><VULN_ATTRIBUTE>Vuln_Num</VULN_ATTRIBUTE><ATTRIBUTE_DATA>${vulnNum}</ATTRIBUTE_DATA></STIG_DATA>
      <STIG_DATA><VULN_ATTRIBUTE> Rule_ID </VULN_ATTRIBUTE><ATTRIBUTE_DATA><![CDATA[${ruleId}]]></ATTRIBUTE_DATA></STIG_DATA>
      <STIG_DATA><VULN_ATTRIBUTE>Check_Content</VULN_ATTRIBUTE><ATTRIBUTE_DATA>V-281700 &lt;STATUS&gt; &#x22;x&#34; <![CDATA[</VULN><STATUS>]]></ATTRIBUTE_DATA></STIG_DATA>
      ${status ?? '<STATUS >Not_Reviewed</STATUS >'}
      ${details ?? '<FINDING_DETAILS/>'}
      ${comments ?? '<COMMENTS></COMMENTS>'}
      <SEVERITY_OVERRIDE>high</SEVERITY_OVERRIDE><SEVERITY_JUSTIFICATION>site&apos;s own</SEVERITY_JUSTIFICATION>
    </VULN>`;
}

/** A whole checklist, from lists of rules, a STIG each. */
export function siteCkl(stigs: readonly (readonly string[])[]): string {
  const blocks = stigs.map(
    (vulns, at) =>
      `<iSTIG><STIG_INFO><SI_DATA><SID_NAME>stigid</SID_NAME><SID_DATA>STIG_${at}</SID_DATA></SI_DATA></STIG_INFO>${vulns.join('')}</iSTIG>`,
  );
  return `<?xml version='1.0' encoding="utf-8" standalone='yes'?>
<!--DISA STIG Viewer :: 2.18--><?tool <STATUS> ?>
<CHECKLIST note="a > b" other='"'><ASSET><HOST_NAME>db</HOST_NAME></ASSET><STIGS>${blocks.join('\n\n')}</STIGS></CHECKLIST>
`;
}

export const ourIds = { vulnNum: 'V-281700', ruleId: 'SV-281700r1179499_rule' } as const;
export const otherIds = { vulnNum: 'V-281655', ruleId: 'SV-281655r1179364_rule' } as const;

/** What a call throws; undefined if nothing. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}
