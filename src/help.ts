/** What `--help` says below the options of these commands. */

export const listHelp = `
--save writes everything that decisions depend on, for reaper simulate: uses,
what is held, roles where the account may view them, when reaper first saw a
session where the state directory remembers. The file is its owner's alone.
--anonymise gives users, sessions and members other names in it, the same for
the same throughout, and leaves clients and applications out. Policies that
name users will not match them. Role names and times stay.

Examples:
  reaper list --json
  reaper list --save monday.json --anonymise`;

export const explainHelp = `
Shows what is known of each session of a user (user@db, exactly as listed), or
of one session (its UUID, or UUID/uid where two users share one): last use and
where it was seen, what it holds, client and application. Then each exemption
and rule with its conditions: the result (true, false, unknown), what was
compared, and in brackets where the value came from. Also for those that live.

Locks and what earlier runs ended count, as in a run with this state directory.
Limits do not: reaper run --dry-run shows them. Ends nothing, writes nothing.

Exit status 0, also if nothing is listed; 3 if a member did not answer.

Examples:
  reaper explain alice@admin
  reaper explain 6f1c9c5e-54b2-4c0e-9d0c-6f8f5f0b7a11 --at 2026-11-22T18:30:00Z`;

export const simulateHelp = `
Decides on a saved listing at each instant from --from to --to, as a run at that
time would have: idle times grow, time intervals open and close by the clock of
their zone, what was ended is gone, a plan beyond a limit ends nothing. Prints
each instant at which something would end. Times are instants: give them with Z
or an offset. --zone shows them by that clock too.

Assumed: nobody uses a session after the snapshot, what runs goes on running, a
session that is not used leaves the listing after the server's session timeout
(--keep-listed keeps it, to see what a time interval would do to it). Locks and
later sessions do not count. No connection is needed, and nothing is ended.

--against tells how --policy differs from another one over the whole span: which
sessions it would newly end, no longer end, or end at another time.

Examples:
  reaper list --save now.json
  reaper simulate --snapshot now.json --from 2026-10-24T22:00:00Z \\
    --to 2026-10-25T22:00:00Z --zone Europe/Berlin --policy new.yaml
  reaper simulate --snapshot now.json --from 2026-11-22T12:00:00Z \\
    --to 2026-11-22T13:00:00Z --every 1m --policy new.yaml --against old.yaml`;

export const testHelp = `
Of several files each is told, and the worst status counts.

Exit status:
   0  every test passed     1  a test failed
   2  usage                78  tests or policy invalid

Examples:
  reaper test policies/tests/stig-v-281700.test.yaml
  reaper test policies/tests/*.test.yaml`;

export const programHelp = `
The connection string is never an argument. It is read from --uri-file, else
$CREDENTIALS_DIRECTORY/mongodb-uri, else $REAPER_MONGODB_URI.

To begin:
  reaper check --policy FILE       is the policy right, and what is the server
  reaper run --policy FILE -n      what would end, and why
  reaper run --policy FILE         end it`;

export const runHelp = `
A session is ended only if a rule matches, no exemption does, and everything
that they ask could be decided; it is looked at again just before the kill.
What is to be ended is on disk before anything is sent: a run that cannot
record ends nothing, nor does one whose audit log was cut or changed at its
end (see reaper audit verify). A state directory is for one deployment. A plan
beyond a limit ends nothing. SIGTERM, SIGINT and --timeout send no kill after
them; what was sent is looked at and recorded, and the next run tries again.

A run whose stdout or stderr is a terminal is recorded as one by hand, like one
with --only: it ends what the policy names and shows no schedule to the audit.

Exit status:
   0  done, also if there was nothing to do
   1  unexpected error                2  usage
   3  a session failed or is in doubt, a member did not answer, or was stopped
   4  every planned session failed    5  a limit stopped it, nothing ended
  69  no primary reachable           73  cannot record; nothing (more) ended
  75  another run is at work         77  login refused or privilege missing
  78  policy invalid

Examples:
  reaper run --policy policies/stig-v-281700.yaml --dry-run --all
  reaper run --quiet                                   as cron calls it
  reaper run --limit-sessions 500 --force "IR-2026-14, approved by the ISSO"`;

export const lockHelp = `
A lock is a rule of its own in every run with this state directory, until the
deadline. It ends all of the user's sessions, and does not keep the user from
logging in: the command that does is printed. An exempt user is refused unless
--override-exemptions says so; the account of reaper itself is never ended.
It names one user: a * or ? in the name is written with a backslash before it.

Example:
  reaper lock mallory@admin --for 10h --reason "IR-2026-14" --now`;

export const auditHelp = `
Answers the check text of the STIG step by step from the policy, the audit log
and the schedules of this host: what the organization defined, that all sessions
are listed, what matched, what was ended where, and how often it runs. Needs no
connection. It never says "not a finding" of what it has not seen: a dry run is
no evidence, a run by hand is no schedule, a log that was changed no proof.

The schedule is looked for in systemd (reaper.timer) and in the crontabs that
this user may read, and must run this policy with this state directory, where it
names them. Others, as in Kubernetes, say with --schedule-note, and let a day of
runs stand beside it. At least two runs must have succeeded that were not made
at a terminal. A gap of more than a day (24h30m, since a daily start may be
late) between runs with exit status 0 is a finding. Where the clock of this host
was set back by more than five minutes the log cannot tell of gaps: it is not
reviewed until --look-back begins after that.

--merge prints your checklist with status, details and comment of this one rule
filled in; --output FILE writes it, to the same file if you say so. The audit
itself becomes a line of the audit log, where this user may write it.

Exit status:
   0  not a finding         4  open
   1  could not be told     5  not reviewed
   2  usage

Examples:
  reaper audit
  reaper audit --format html --output audit.html
  reaper audit --merge site.cklb --output site.cklb
  reaper audit --mongod-log /var/log/mongodb/mongod.log --json
  reaper audit --schedule-note "CronJob reaper in prod, */5 * * * *"
  reaper audit verify --head sha256:…`;

export const verifyHelp = `
Every line of the audit log carries its number, the hash of the line before and
its own. Lines that were edited, cut out, moved or replaced are named with file
and number. A log cut at its end, or replaced as a whole, shows against --head:
each run prints the number and hash of its last line to the log of the host.

Exit status 0 if the log is as reaper wrote it; 4 if it was changed; 1 if there
is none, or it cannot be read.`;

export const installHelp = `
Writes the files that systemd or cron need, with the paths of this program, and
runs what makes them count: each step is shown before it is done. Needs root,
but not for --dry-run and --root. Files that are not reaper's are left alone.
--dry-run begins with what would be refused and what is missing, and ends with
the exit status that the real one would have.

The connection string and the policy are yours to put in place first, readable
for the user reaper, which is made if it is not there. reaper uninstall takes
away what was written, and says what it leaves.

Examples:
  reaper install --systemd --dry-run
  sudo reaper install --systemd
  sudo reaper install --cron --every 10m`;
