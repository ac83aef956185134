import { cci, nistControl, stigs } from '../stig.ts';
import { ocsfClasses } from './classes.ts';
import type { Mapping, OcsfSource } from './mapping-type.ts';
import type { Said } from './said.ts';

const complianceOf: Readonly<Record<string, { id: 1 | 2 | 3; name: string; severity: 1 | 2 | 3 }>> = {
  not_a_finding: { id: 1, name: 'Pass', severity: 1 },
  not_reviewed: { id: 2, name: 'Warning', severity: 2 },
  // What the schema makes of CAT III.
  open: { id: 3, name: 'Fail', severity: 3 },
};

/** The status of a finding itself is for whoever works on it; what was found is in `compliance`. */
export function audited(found: Said, { host }: OcsfSource): Mapping {
  const { status = 'unknown', rule = '', policy, chain_intact: chainIntact, attestation } = found;
  const { id, name, severity } = complianceOf[status] ?? { id: 0, name: 'Unknown', severity: 2 };
  const stig = Object.values(stigs).find(({ ruleId }) => ruleId === rule);
  const check = stig === undefined ? { uid: rule } : { uid: stig.groupId, name: stig.ruleTitle };
  return {
    kind: ocsfClasses.finding,
    activity: { id: 1, name: 'Create' },
    status: undefined,
    severity,
    message: `${check.uid}: ${status}`,
    details: {
      finding_info: {
        // The same for every audit of a policy here, so that a later one replaces it.
        uid: ['reaper', check.uid, host, policy.file ?? 'unknown'].join(':'),
        title: stig?.ruleTitle ?? rule,
      },
      compliance: {
        standards: [stig?.title ?? 'DISA STIG', `NIST SP 800-53 ${nistControl}`, cci],
        control: nistControl,
        checks: [{ ...check, status: name, status_id: id }],
        status: name,
        status_id: id,
        status_code: status,
        status_details: [
          ...(chainIntact === undefined ? [] : [`audit log ${chainIntact ? 'intact' : 'changed'}`]),
          ...(attestation === undefined ? [] : [`attested: ${attestation}`]),
        ],
      },
    },
  };
}
