/** A class of events in OCSF 1.7.0, with the names that its schema gives it. */
export interface OcsfClass {
  readonly uid: number;
  readonly name: string;
  readonly category: { readonly uid: number; readonly name: string };
}

const system = { uid: 1, name: 'System Activity' };
const findings = { uid: 2, name: 'Findings' };
const iam = { uid: 3, name: 'Identity & Access Management' };
const application = { uid: 6, name: 'Application Activity' };

export const ocsfClasses = {
  base: { uid: 0, name: 'Base Event', category: { uid: 0, name: 'Uncategorized' } },
  job: { uid: 1006, name: 'Scheduled Job Activity', category: system },
  finding: { uid: 2003, name: 'Compliance Finding', category: findings },
  authentication: { uid: 3002, name: 'Authentication', category: iam },
  entity: { uid: 3004, name: 'Entity Management', category: iam },
  api: { uid: 6003, name: 'API Activity', category: application },
} as const satisfies Record<string, OcsfClass>;
