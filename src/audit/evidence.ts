import type { Stig } from './stig.ts';

/** What a checklist says of the rule. An error is no status: it is thrown. */
export type FindingStatus = 'not_a_finding' | 'open' | 'not_reviewed';

/** One label with its values, as a report shows it. Values may hold text that somebody else chose. */
interface Fact {
  readonly label: string;
  readonly values: readonly string[];
}

/** One step of the check text, and what was seen of it. */
export interface Step {
  readonly name: 'definition' | 'listing' | 'determination' | 'termination' | 'schedule';
  readonly title: string;
  /** The check text's own words. */
  readonly asked: string;
  /** `contradicted`: what was seen speaks against it; `unseen`: nothing speaks for it, or not enough. */
  readonly state: 'shown' | 'contradicted' | 'unseen';
  /** Why the state is that, a sentence each, the weightiest first. */
  readonly because: readonly string[];
  readonly facts: readonly Fact[];
}

/** One run as the audit log tells it. */
export interface RecordedRun {
  readonly runId: string;
  readonly mode: 'enforce' | 'report';
  /** A run of `--only`, of a lock made at once, or at a terminal: no part of the schedule. */
  readonly byHand: boolean;
  /** ms since the epoch; `finishedAt` is undefined if the log shows no end of it. */
  readonly startedAt: number;
  readonly finishedAt: number | undefined;
  readonly exitCode: number | undefined;
  /** `succeeded` is exit status 0 in a run that enforces; `unfinished` has no end in the log. */
  readonly state: 'succeeded' | 'failed' | 'unfinished' | 'ended-nothing';
  readonly policySha256: string | undefined;
  /** As in `reaper run --json`; undefined if it did not come so far. */
  readonly counts: Readonly<Record<string, number>> | undefined;
}

/** A time longer than a day without a successful run; ms since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** A session whose end the log leaves open. */
export interface OpenEnd {
  readonly runId: string;
  readonly user: string | undefined;
  readonly sessionId: string | undefined;
  readonly uid: string | undefined;
  /** `in_doubt`: an attempt without outcome, or an outcome in doubt; `not_attempted`: planned, never sent. */
  readonly state: 'in_doubt' | 'not_attempted';
}

/** What was ended in the window, by one rule of one user's. */
export interface EndedCount {
  readonly rule: string;
  readonly user: string;
  readonly ended: number;
  readonly killed: number;
  readonly failed: number;
  readonly inDoubt: number;
}

/** The state of the audit log's hash chain. */
export interface ChainState {
  readonly intact: boolean;
  /** Where and why it is broken, the first place first. */
  readonly faults: readonly { readonly file: string; readonly line: number; readonly problem: string }[];
  /** Torn lines that crashes left, each accounted for by the line after it. */
  readonly torn: number;
  readonly lines: number;
  readonly files: readonly string[];
  /** The first line that is there, `at` in ms since the epoch; number 1, unless older files were archived or are gone. */
  readonly first: { readonly sequence: number; readonly at: number } | undefined;
  /** What it follows, as whoever asks says; undefined if nothing was said. */
  readonly after: string | undefined;
  /** `sha256:…` of the last line, and its sequence number; undefined for an empty log. */
  readonly head: { readonly sequence: number; readonly hash: string } | undefined;
}

/** Where a schedule was found, or that somebody vouches for it. */
export interface FoundSchedule {
  readonly kind: 'systemd' | 'cron' | 'note';
  /** The unit, the file and line, or who says so. */
  readonly where: string;
  /** Its own words: `OnCalendar=*:0/5`, the cron line, the note. */
  readonly says: string;
  /** The longest time between two starts, in ms; undefined if it cannot be told. */
  readonly longestGap: number | undefined;
  /** Whether it will start: enabled and active, a service that runs cron; undefined if it cannot be told. */
  readonly active: boolean | undefined;
  readonly lastRun: number | undefined;
  readonly nextRun: number | undefined;
  /** What speaks against it. */
  readonly problems: readonly string[];
}

/** How the log of a mongod agrees with the audit log. */
export interface ServerConfirmation {
  readonly file: string;
  /** Commands of ours that the server logged (558701), and those in its span that it did not. */
  readonly confirmed: number;
  readonly missing: readonly {
    readonly runId: string;
    readonly at: number;
    readonly user: string | undefined;
  }[];
  /** Kills in the server's log that carry no comment of a run in the audit log. */
  readonly foreign: readonly {
    readonly at: number;
    readonly by: string;
    readonly command: string;
    /** Why it is none of ours. */
    readonly because: string;
  }[];
  /** How many more there are than `foreign` holds. */
  readonly moreForeign: number;
  /** The member that wrote it, as the set’s configuration names it; undefined if the log does not tell. */
  readonly member: string | undefined;
  /** Cursors that the server says it closed for them (20528). */
  readonly cursorsClosed: number;
  /** First and last entry of the server's log, ms since the epoch. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Lines that are no JSON. */
  readonly unreadable: number;
}

/** Everything that an assessor is told; each format is made from this. All times are ms since the epoch. */
export interface Evidence {
  readonly stig: Stig;
  readonly status: FindingStatus;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  readonly at: number;
  /** reaper's version, and the host that the audit ran on. */
  readonly version: string;
  readonly host: string;
  /** The deployment's name in the log, as a set's; undefined before the first run. */
  readonly deployment: string | undefined;
  /** The first minute that is looked back at. */
  readonly since: number;
  /** In the order of the check text. */
  readonly steps: readonly Step[];
  /** In the window, oldest first. */
  readonly runs: readonly RecordedRun[];
  readonly gaps: readonly Gap[];
  /** ms; undefined if no run of the schedule succeeded. */
  readonly longestGap: number | undefined;
  readonly ended: readonly EndedCount[];
  readonly openEnds: readonly OpenEnd[];
  readonly chain: ChainState;
  readonly schedules: readonly FoundSchedule[];
  readonly policy: { readonly name: string; readonly file: string; readonly sha256: string } | undefined;
  readonly auditLog: string;
  /** What somebody vouches for where no program can look. */
  readonly attestation: string | undefined;
  readonly confirmation: ServerConfirmation | undefined;
}
