import type { Exemption } from '../policy/policy.ts';
import type { Session } from '../session.ts';
import { becauseAll, testAll } from './combine.ts';
import type { Context } from './condition.ts';
import type { Truth } from './truth.ts';

/** Whether something exempts a session, and what. */
export interface Exempted {
  readonly truth: Truth;
  readonly name: string | undefined;
  readonly builtIn: boolean;
  readonly because: string;
}

const notExempt: Exempted = {
  truth: false,
  name: undefined,
  builtIn: false,
  because: 'no exemption matches',
};

/** Holds a session against the built-in exemptions (P6), then against the policy's. */
export function exempted(session: Session, exemptions: readonly Exemption[], context: Context): Exempted {
  const builtIn = builtInExemption(session, context);
  if (builtIn !== undefined) return { truth: true, name: undefined, builtIn: true, because: builtIn };

  let unknown: Exempted | undefined;
  for (const exemption of exemptions) {
    const truth = testAll(exemption.criteria, session, context);
    if (truth === false) continue;
    const words = becauseAll(exemption.criteria, session, context);
    if (truth === true) {
      return { truth, name: exemption.name, builtIn: false, because: exemption.because ?? words };
    }
    unknown ??= {
      truth,
      name: exemption.name,
      builtIn: false,
      because: `exemption ${exemption.name} cannot be decided: ${words}`,
    };
  }
  return unknown ?? notExempt;
}

function builtInExemption(session: Session, context: Context): string | undefined {
  if (context.self.has(session.lsid.uid)) return 'built in: reaper’s own user';
  if (context.uidOf('__system@local') === session.lsid.uid) return 'built in: system user';
  return undefined;
}
