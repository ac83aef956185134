import { Argument, Command, CommanderError, Option } from 'commander';
import { addEvidenceCommands } from './cli-evidence.ts';
import { makeStrict } from './cli-strict.ts';
import { instant, lengthOfTime, percentage, wholeNumber } from './cli-values.ts';
import { complain } from './complain.ts';
import { ExitCode } from './exit-code.ts';
import { explainHelp, listHelp, lockHelp, programHelp, runHelp, simulateHelp, testHelp } from './help.ts';
import { refuseCredentials } from './refuse-credentials.ts';
import { terminalWidth } from './report/style.ts';
import { wrapWords } from './report/wrap.ts';
import type { World } from './world.ts';

/** Runs one command line (without node and script) and returns its exit status; never throws. */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  let exitCode: number = ExitCode.done;
  const command = cli(world, (code) => {
    exitCode = code;
  });
  try {
    refuseCredentials(argv);
    await command.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    const code = complain(error, world);
    // An audit’s own statuses say what was found: an error says that nothing could be told.
    return argv[0] === 'audit' && code !== ExitCode.usage ? ExitCode.unexpected : code;
  }
}

/** A command’s own function: takes its options and the world, returns the exit status. */
export type Action = (options: never, world: World) => Promise<number>;

/** The table of commands. Their modules are loaded only when called: `--help` needs no driver. */
function cli(world: World, setExitCode: (code: number) => void): Command {
  const call = (load: () => Promise<Action>) => async (options: unknown) => {
    const action = await load();
    setExitCode(await action(options as never, world));
  };
  const callWith =
    <Argument>(load: () => Promise<(argument: Argument, options: never, world: World) => Promise<number>>) =>
    async (argument: Argument, options: unknown) => {
      const action = await load();
      setExitCode(await action(argument, options as never, world));
    };
  const callCommand = (load: () => Promise<Action>) => async (_options: unknown, command: Command) => {
    const action = await load();
    setExitCode(await action(command.optsWithGlobals() as never, world));
  };
  const program = new Command('reaper')
    .description('Ends MongoDB user sessions by policy, on every member, and proves it.')
    .version(world.version)
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      outputError: (text, write) => write(wrapWords(text, terminalWidth(world.stderr, world.env)).join('\n')),
      getOutHelpWidth: () => Math.min(world.stdout.columns || 80, 100),
      getErrHelpWidth: () => Math.min(world.stderr.columns || 80, 100),
    })
    .exitOverride()
    .addHelpText('after', programHelp);

  const policy = new Option(
    '-p, --policy <FILE>',
    'policy (else $REAPER_POLICY, else /etc/reaper/policy.yaml)',
  );
  const uriFile = new Option(
    '--uri-file <FILE>',
    'file with the connection string, which others must not be able to read',
  );
  const stateDir = new Option(
    '--state-dir <DIR>',
    'audit log and state (else $STATE_DIRECTORY, else the XDG state folder)',
  );
  const json = new Option('--json', 'one JSON document on stdout');

  program
    .command('run')
    .description('End the sessions that the policy names, on every member.')
    .addOption(policy)
    .addOption(uriFile)
    .addOption(stateDir)
    .option('-n, --dry-run', 'go the same way, end nothing, write nothing')
    .addOption(json)
    .option('-a, --all', 'report also the sessions that live')
    .option('-q, --quiet', 'print nothing on success')
    .option('--limit-users <N>', 'end sessions of at most N users', wholeNumber)
    .option('--limit-sessions <N>', 'end at most N sessions', wholeNumber)
    .option('--limit-percent <N>', 'end at most N percent of the sessions listed', percentage)
    .option('--force <REASON>', 'lets --limit-… go above the policy’s limit; the reason is recorded')
    .option(
      '--only <USER|LSID>',
      'instead of the rules: end this user or session now, exemptions count; needs --reason',
    )
    .option('--reason <TEXT>', 'why; recorded')
    .option('--at <TIME>', 'with --dry-run: decide for this time (ISO 8601)', instant)
    .option(
      '--timeout <TIME>',
      'stop after this time (4m unless given, or 80% of --every if less)',
      lengthOfTime,
    )
    .option('--every <TIME>', 'how often the schedule starts it, as 5m; recorded as next due', lengthOfTime)
    .option('--metrics-file <FILE>', 'write a heartbeat for Prometheus’ textfile collector')
    .addOption(
      new Option('--log-format <FORMAT>', 'also log each event of the audit log to stderr').choices([
        'ecs',
        'ocsf',
      ]),
    )
    .option('--allow-no-auth', 'with --dry-run: look at a server without access control')
    .option('--syslog', 'send the result and the head of the audit log to syslog')
    .addHelpText('after', runHelp)
    .action(call(async () => (await import('./commands/run.ts')).run));

  program
    .command('list')
    .description('Show every session: owner, last use, what it holds, client and application where known.')
    .addOption(uriFile)
    .addOption(json)
    .option('--save <FILE>', 'also write a snapshot for reaper simulate')
    .option('--anonymise', 'with --save: without names of users, sessions, members, clients')
    .option('--allow-no-auth', 'look at a server without access control, where sessions have no owner')
    .addOption(stateDir)
    .addHelpText('after', listHelp)
    .action(call(async () => (await import('./commands/list.ts')).list));

  program
    .command('explain')
    .description('Show why a user’s sessions, or one session, would end or live: each condition and value.')
    .argument('<USER|LSID>', 'user@db, or the id of a session')
    .addOption(policy)
    .addOption(uriFile)
    .addOption(stateDir)
    .addOption(json)
    .option('--at <TIME>', 'decide for this time (ISO 8601)', instant)
    .addHelpText('after', explainHelp)
    .action(callWith(async () => (await import('./commands/explain.ts')).explain));

  program
    .command('simulate')
    .description('Show what a policy would have ended when, on a saved listing; or how two policies differ.')
    .requiredOption('--snapshot <FILE>', 'as reaper list --save writes it')
    .requiredOption('--from <TIME>', 'the first instant (ISO 8601)', instant)
    .requiredOption('--to <TIME>', 'the last instant (ISO 8601)', instant)
    .option('--every <TIME>', 'from one instant to the next, as 30s or 1h (5m unless given)', lengthOfTime)
    .addOption(policy)
    .option('--against <FILE>', 'another policy, to tell the difference from it')
    .option('--zone <ZONE>', 'show times by this clock too, as Europe/Berlin')
    .option('--keep-listed', 'sessions stay listed however long they are unused')
    .addOption(json)
    .addHelpText('after', simulateHelp)
    .action(call(async () => (await import('./commands/simulate.ts')).simulate));

  program
    .command('check')
    .description('Check the policy, and with a connection string the deployment and the account too.')
    .addOption(policy)
    .addOption(uriFile)
    .addOption(stateDir)
    .addOption(json)
    .addHelpText('after', '\nWithout a connection string only the policy is checked. Ends nothing.')
    .action(call(async () => (await import('./commands/check.ts')).check));

  program
    .command('role')
    .description('Print the least-privilege role for this policy as mongosh commands.')
    .addOption(policy)
    .action(call(async () => (await import('./commands/role.ts')).role));

  program
    .command('lock')
    .description('End a user’s sessions at every run until a deadline: an incident.')
    .argument('<USER>', 'user@db, as listed')
    .requiredOption('--for <TIME>', 'how long, as 10h or 2d', lengthOfTime)
    .requiredOption('--reason <TEXT>', 'why; recorded, and shown at every run')
    .option('--override-exemptions', 'also if the policy exempts the user')
    .option('--now', 'also run at once')
    .addOption(policy)
    .addOption(uriFile)
    .addOption(stateDir)
    .addHelpText('after', lockHelp)
    .action(callWith(async () => (await import('./commands/lock.ts')).lock));

  program
    .command('unlock')
    .description('Take a lock away.')
    .argument('<USER>', 'user@db, as locked')
    .addOption(stateDir)
    .action(callWith(async () => (await import('./commands/lock.ts')).unlock));

  program
    .command('locks')
    .description('Show who is locked, until when and why.')
    .addOption(stateDir)
    .addOption(json)
    .action(call(async () => (await import('./commands/lock.ts')).locks));

  addEvidenceCommands(program, { policy, stateDir, json }, { call, callCommand });

  program
    .command('test')
    .description('Check that a policy decides as its tests say. Needs no server.')
    .argument('<TESTS...>', 'files of policy tests (YAML); each names its policy')
    .addOption(json)
    .addHelpText('after', testHelp)
    .action(callWith(async () => (await import('./commands/test.ts')).test));

  program
    .command('schema')
    .description('Print a JSON Schema: of the files that you write, for editors, and of each JSON output.')
    .addArgument(
      new Argument('[WHAT]', 'of what')
        .choices([
          'policy',
          'tests',
          'run',
          'list',
          'audit',
          'verify',
          'check',
          'locks',
          'test-results',
          'explain',
          'simulate',
          'snapshot',
        ])
        .default('policy'),
    )
    .action(callWith(async () => (await import('./commands/schema.ts')).schema));

  makeStrict(program);
  return program;
}
