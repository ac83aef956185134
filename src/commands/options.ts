/** Options that several commands have. */
export interface ConnectionOptions {
  readonly uriFile?: string;
}

export interface PolicyOptions {
  readonly policy?: string;
}

const usualPolicyFile = '/etc/reaper/policy.yaml';

/** The policy file: the option, else `$REAPER_POLICY`, else the usual place. */
export function policyFileOf(
  options: PolicyOptions,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return options.policy ?? (env['REAPER_POLICY'] || usualPolicyFile);
}
