import type { Command, Option } from 'commander';
import { ReaperError } from './errors.ts';
import { nearestName } from './nearest.ts';

/**
 * Makes a table of commands refuse what commander lets pass, and what would then mean something else than was
 * written: options without a text or given twice, and unknown commands beside `--help`, `help` or below a command
 * that does something itself. Errors lead to the help of the command that was called.
 */
export function makeStrict(command: Command): void {
  const path = pathOf(command);
  command.showHelpAfterError(
    command.parent === null
      ? `(${path} --help shows all commands)`
      : `(${path} --help shows all its options)`,
  );
  for (const option of command.options.filter(({ required }) => required)) watchOption(command, option);
  if (command.commands.length === 0) return;
  command.addHelpText('before', () => {
    refuseUnknownCommand(command);
    return '';
  });
  command.hook('preAction', (_, called) => refuseUnknownCommand(called));
  command.allowExcessArguments();
  command.helpCommand(true);
  for (const below of command.commands) makeStrict(below);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Only what collects its values into a list may be given again. */
function watchOption(command: Command, option: Option): void {
  const flag = option.long ?? option.flags;
  let times = 0;
  command.on(`option:${option.name()}`, (text: string) => {
    times += 1;
    if (text.trim() === '') {
      const value = /<(.*)>/.exec(option.flags)?.[1] ?? 'TEXT';
      const otherwise = option.mandatory ? '' : ', or leave it out';
      throw new ReaperError('usage', `${flag} is empty`, { remedy: `write ${flag} ${value}${otherwise}` });
    }
    if (times > 1 && !Array.isArray(command.getOptionValue(option.attributeName())))
      throw new ReaperError('usage', `${flag} is given twice`, { remedy: 'give it once' });
  });
}

/** Says it as commander does where a command only has others below it. */
function refuseUnknownCommand(command: Command): void {
  const names = command.commands.map((below) => below.name());
  const name = command.args.find((argument) => argument !== 'help') ?? '';
  if (names.length === 0 || name === '' || name.startsWith('-') || names.includes(name)) return;
  const nearest = nearestName(name, names);
  command.error(
    `error: unknown command '${name}'${nearest === undefined ? '' : `\n(Did you mean ${nearest}?)`}`,
    { code: 'commander.unknownCommand' },
  );
}
