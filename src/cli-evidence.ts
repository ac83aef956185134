import { Option, type Command } from 'commander';
import type { Action } from './cli.ts';
import { hash, lengthOfTime } from './cli-values.ts';
import { auditHelp, installHelp, verifyHelp } from './help.ts';

/** Calls a command’s function with its own options, or with those that stand before its name as well. */
interface Callers {
  readonly call: (load: () => Promise<Action>) => (options: unknown) => Promise<void>;
  readonly callCommand: (
    load: () => Promise<Action>,
  ) => (options: unknown, command: Command) => Promise<void>;
}

/** The commands for the assessor, and for who puts reaper into service. */
export function addEvidenceCommands(
  program: Command,
  { policy, stateDir, json }: Readonly<Record<'policy' | 'stateDir' | 'json', Option>>,
  { call, callCommand }: Callers,
): void {
  const head = new Option(
    '--head <HASH>',
    'a hash that a run printed to the log of the host: must be there',
  ).argParser(hash);
  const after = new Option(
    '--after <HASH>',
    'where older files were archived: the hash of their last line',
  ).argParser(hash);

  const auditing = program
    .command('audit')
    .description('Show the finding status of STIG V-281700 and its evidence, as text or as a checklist.')
    .addOption(policy)
    .addOption(stateDir)
    .addOption(json)
    .addOption(
      new Option('--format <FORMAT>', 'a checklist, results for other tools, or a page').choices([
        'ckl',
        'cklb',
        'hdf',
        'xccdf',
        'html',
      ]),
    )
    .option('--merge <FILE>', 'your own .ckl or .cklb, with this rule filled in and nothing else changed')
    .option('-o, --output <FILE>', 'write it there instead of to stdout')
    .addOption(
      new Option('--stig <VERSION>', 'whose ids and check text').choices(['8', '7', '4']).default('8'),
    )
    .option('--look-back <TIME>', 'how far to look back, a day at least (30d unless given)', lengthOfTime)
    .option(
      '--schedule-note <TEXT>',
      'a schedule that this host does not show, as a CronJob; may be repeated',
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .option('--attest <TEXT>', 'with --stig 7 or 4: who attests that no more is required, where')
    .option('--mongod-log <FILE>', 'a log of a mongod, .gz too: are our kills in it, and others?')
    .addOption(head)
    .addOption(after)
    .addHelpText('after', auditHelp)
    .action(call(async () => (await import('./commands/audit.ts')).audit));
  auditing
    .command('verify')
    .description('Check the hash chain of the audit log; names the first places where it was changed.')
    .addOption(stateDir)
    .addOption(json)
    .addOption(head)
    .addOption(after)
    .addHelpText('after', verifyHelp)
    .action(
      // What stands before `verify` belongs to `audit`, and holds for both.
      callCommand(async () => (await import('./commands/audit.ts')).verify),
    );

  const root = new Option('--root <DIR>', 'below DIR instead of /, as when an image is built; runs nothing');
  const dryRun = new Option('-n, --dry-run', 'show each file and step, do nothing');
  program
    .command('install')
    .description('Let systemd or cron start reaper run.')
    .option('--systemd', 'a service and its timer')
    .option('--cron', 'a file in /etc/cron.d, for where systemd does not run')
    .option('-p, --policy <FILE>', 'policy (/etc/reaper/policy.yaml unless given)')
    .option('--uri-file <FILE>', 'connection string (/etc/reaper/mongodb-uri unless given)')
    .option('--state-dir <DIR>', 'audit log and state (/var/lib/reaper unless given)')
    .option('--every <TIME>', 'from one start to the next (5m unless given)', lengthOfTime)
    .addOption(dryRun)
    .option('--force', 'overwrite files that are not ours, or were changed')
    .addOption(root)
    .addHelpText('after', installHelp)
    .action(call(async () => (await import('./commands/install.ts')).install));
  program
    .command('uninstall')
    .description('Take away what reaper install wrote; policy, credential, state and audit log stay.')
    .addOption(dryRun)
    .option('--force', 'also files that were changed since')
    .addOption(root)
    .action(call(async () => (await import('./commands/install.ts')).uninstall));
}
