import { ExitCode } from './exit-code.ts';

/** Where in a user's file an error was found; `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Every code is stable: scripts and runbooks may match on it. */
const exitCodes = {
  usage: ExitCode.usage,
  'zone-unknown': ExitCode.usage,
  'policy-unreadable': ExitCode.policyInvalid,
  'policy-invalid': ExitCode.policyInvalid,
  'uri-missing': ExitCode.usage,
  'uri-unreadable': ExitCode.usage,
  'uri-exposed': ExitCode.usage,
  'uri-invalid': ExitCode.usage,
  'lock-refused': ExitCode.usage,
  'snapshot-unreadable': ExitCode.usage,
  'snapshot-invalid': ExitCode.usage,
  'snapshot-unwritable': ExitCode.cannotRecord,
  stopped: ExitCode.incomplete,
  unreachable: ExitCode.unreachable,
  'login-refused': ExitCode.noPermission,
  'no-access-control': ExitCode.noPermission,
  'privilege-missing': ExitCode.noPermission,
  'unsupported-server': ExitCode.unexpected,
  'server-error': ExitCode.unexpected,
  'malformed-answer': ExitCode.unexpected,
  'unsafe-pattern': ExitCode.unexpected,
  'record-impossible': ExitCode.cannotRecord,
  'state-damaged': ExitCode.cannotRecord,
  'state-of-another': ExitCode.cannotRecord,
  'log-damaged': ExitCode.cannotRecord,
  'run-in-progress': ExitCode.locked,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof exitCodes;

/** An error that a user can cause and mend: a stable code, what happened, and the remedy. */
export class ReaperError extends Error {
  override readonly name = 'ReaperError';
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.exitCode = exitCodes[code];
  }
}
