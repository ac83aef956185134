import type { Logger } from 'pino';
import { closing, exposureWords, type Exposure } from '../exposure.ts';

/** What who may write to a policy, or to the folder of the record, can do by that. */
export const decides = 'decide whose sessions end';
export const forges = 'forge what is recorded and locked';

/** Warns of who else may write there, with the command that takes the right away. */
export function warnOfExposure(log: Logger, exposure: Exposure | undefined, andSo: string): void {
  if (exposure !== undefined) log.warn(`${exposureWords(exposure, andSo)}; ${closing(exposure)}`);
}
