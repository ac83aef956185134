/** Exit status of `reaper`; what each means to cron, systemd and scripts is part of the interface. */
export const ExitCode = {
  done: 0,
  unexpected: 1,
  usage: 2,
  incomplete: 3,
  allFailed: 4,
  limitReached: 5,
  /** Of `reaper audit`. */
  findingOpen: 4,
  notReviewed: 5,
  unreachable: 69,
  cannotRecord: 73,
  locked: 75,
  noPermission: 77,
  policyInvalid: 78,
} as const;
