import { visible } from '../../report/visible.ts';
import { ocsfClasses } from './classes.ts';
import { actor, type Mapping, type Own } from './mapping-type.ts';
import type { Said } from './said.ts';

/** No Account Change: the server’s account stays as it is, and its owner may log in. What is made is reaper’s lock. */
export function locked({ lock }: Said, activity: Mapping['activity']): Own {
  const until = lock.until === undefined ? '' : ` until ${new Date(lock.until).toISOString()}`;
  const does = activity.id === 1 ? 'end at every run' : 'do not end at every run any more; they did';
  return {
    kind: ocsfClasses.entity,
    activity,
    message: `sessions of ${visible(lock.user ?? '')} ${does}${until}: ${visible(lock.reason ?? '')}`,
    details: {
      actor,
      entity: { name: `lock of ${lock.user}`, type: 'lock', type_id: 99, data: lock },
      comment: lock.reason,
    },
  };
}
