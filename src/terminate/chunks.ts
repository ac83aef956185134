import type { PlannedUser } from '../plan/plan.ts';

/** A chunk is looked at, killed and verified at once: small enough that the look is fresh when the kill goes out. */
const mostUsers = 50;
const mostSessions = 25_000;

/** Takes the users of a plan and returns them in groups, in their order; a user is never split. */
export function chunksOf(users: readonly PlannedUser[]): PlannedUser[][] {
  const chunks: PlannedUser[][] = [];
  let current: PlannedUser[] = [];
  let sessions = 0;
  for (const user of users) {
    const full = current.length >= mostUsers || sessions + user.sessions.length > mostSessions;
    if (current.length > 0 && full) {
      chunks.push(current);
      current = [];
      sessions = 0;
    }
    current.push(user);
    sessions += user.sessions.length;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
