import { describe, expect, test } from 'vitest';
import { callReaper } from './support/reaper.ts';

const policy = 'policies/stig-v-281700.yaml';
const hash = `sha256:${'a'.repeat(64)}`;

describe('a command line that says nothing', () => {
  test.each([
    ['run', '--policy', ''],
    ['run', '--uri-file', ''],
    ['run', '--state-dir', ''],
    ['run', '--metrics-file', ''],
    ['run', '--force', '  '],
    ['run', '--only', ''],
    ['run', '--reason', ''],
    ['list', '--save', ''],
    ['explain', 'alice@admin', '--policy', ''],
    ['simulate', '--snapshot', ''],
    ['simulate', '--against', ''],
    ['simulate', '--zone', ''],
    ['check', '--policy', ''],
    ['role', '-p', ''],
    ['lock', 'alice@admin', '--reason', ''],
    ['unlock', 'alice@admin', '--state-dir', ''],
    ['locks', '--state-dir', ''],
    ['audit', '--merge', ''],
    ['audit', '--output', ''],
    ['audit', '--schedule-note', ''],
    ['audit', '--attest', ''],
    ['audit', '--mongod-log', ''],
    ['audit', 'verify', '--state-dir', ''],
    ['install', '--systemd', '--policy', ''],
    ['install', '--systemd', '--root', ''],
    ['uninstall', '--root', ''],
  ])('%j', async (...argv) => {
    const { code, stderr, stdout } = await callReaper(argv);
    const option = argv.at(-2) === '-p' ? '--policy' : argv.at(-2);
    expect(stderr).toContain(`${option} is empty`);
    expect(stderr).toMatch(new RegExp(`→ write ${option} [A-Z|]+`));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('an option that takes one value', () => {
  test.each([
    ['run', '--policy', 'a.yaml', '-p', 'b.yaml'],
    ['run', '--limit-users', '1', '--limit-users=2'],
    ['audit', '--stig', '8', '--stig', '7'],
    ['audit', '--state-dir', '/a', 'verify', '--state-dir', '/b'],
    ['install', '--systemd', '--root', '/a', '--root', '/b'],
  ])('is refused a second one: %j', async (...argv) => {
    const { code, stderr } = await callReaper(argv);
    expect(stderr).toMatch(/--[a-z-]+ is given twice\n {2}→ give it once/);
    expect(code).toBe(2);
  });

  test('may be given again where a list is meant', async () => {
    const argv = ['audit', '-p', policy, '--schedule-note', 'one', '--schedule-note', 'two'];
    expect((await callReaper([...argv, '--state-dir', '/nowhere'])).stderr).not.toContain('twice');
  });
});

describe('a command that there is none of', () => {
  test.each([
    [['kill'], /unknown command 'kill'/],
    [['kill', '--help'], /unknown command 'kill'/],
    [['kill', '-h'], /unknown command 'kill'/],
    [['help', 'kill'], /unknown command 'kill'/],
    [['lst', '--help'], /unknown command 'lst'\n\(Did you mean list\?\)\n\(reaper --help /],
    [['audit', 'vrify'], /unknown command 'vrify'\n\(Did you mean verify\?\)\n\(reaper audit --help /],
    [['audit', '-p', policy, 'vrify', '--help'], /unknown command 'vrify'\n\(Did you mean verify\?\)/],
    [['audit', 'help', 'vrify'], /unknown command 'vrify'/],
    [['audit', 'nonsense'], /unknown command 'nonsense'\n\(reaper audit --help /],
  ] as const)('%j', async (argv, words) => {
    const { code, stdout, stderr } = await callReaper(argv);
    expect(stderr).toMatch(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each([
    [['--help'], 'Usage: reaper [options]'],
    [['help'], 'Usage: reaper [options]'],
    [['run', '--help'], 'Usage: reaper run'],
    [['help', 'run'], 'Usage: reaper run'],
    [['audit', '--help'], 'Usage: reaper audit'],
    [['audit', 'verify', '--help'], 'Usage: reaper audit verify'],
    [['audit', 'help', 'verify'], 'Usage: reaper audit verify'],
  ] as const)('is not meant by %j', async (argv, words) => {
    const { code, stdout } = await callReaper(argv);
    expect(stdout).toContain(words);
    expect(code).toBe(0);
  });
});

describe('who is told of a wrong command line', () => {
  test.each([
    [['run', '--polcy', 'x'], '(reaper run --help shows all its options)'],
    [['audit', 'verify', '--hed', 'x'], '(reaper audit verify --help shows all its options)'],
    [['lock'], '(reaper lock --help shows all its options)'],
    [['--polcy'], '(reaper --help shows all commands)'],
  ] as const)('is led to the right help: %j', async (argv, words) => {
    const { code, stderr } = await callReaper(argv);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  test.each(['0h', '0s', '0d0h', '11y', 'soon', '4000d', '1.5h'])(
    'of a length of time learns what one is: %s',
    async (text) => {
      const { code, stderr } = await callReaper(['lock', 'a@b', '--reason', 'x', '--for', text]);
      expect(stderr).toContain(`'${text}' is invalid`);
      expect(stderr).toContain('longer than zero, at most 3650d, as 90m, 10h or 2d');
      expect(code).toBe(2);
    },
  );

  test.each(['abc', 'sha256:abc', 'a'.repeat(64), '17', `${hash}0`])(
    'of a hash learns how one is printed: %s',
    async (text) => {
      for (const argv of [
        ['audit', '--head', text],
        ['audit', 'verify', '--head', text],
        ['audit', '--after', text],
      ]) {
        const { code, stderr } = await callReaper(argv);
        expect(stderr).toMatch(
          /is invalid\. Expected a hash as reaper prints it, sha256: and 64 hex digits, as sha256:[0-9a-f]{64}/,
        );
        expect(code).toBe(2);
      }
    },
  );
});

describe('within 80 columns', () => {
  const screen = () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
    return { stream, lines: () => written.join('').split('\n') };
  };
  const commands =
    'run list explain simulate check role lock unlock locks audit test schema install uninstall';

  test.each([...commands.split(' '), 'audit verify'])('is the help of %s', async (command) => {
    const { stream, lines } = screen();
    await callReaper([...command.split(' '), '--help'], { stdout: stream });
    for (const line of lines()) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('is the role, and it is wrapped in comments only', async () => {
    const { stream, lines } = screen();
    await callReaper(['role', '--policy', policy], { stdout: stream });
    for (const line of lines()) expect(line.length).toBeLessThanOrEqual(80);
    expect(
      lines()
        .filter((line) => !/^\s*\/\//.test(line))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "db.getSiblingDB("admin").createRole({
        role: "reaper",
        privileges: [
        { resource: { cluster: true }, actions: [
          "listSessions",
          "inprog",
          "killAnySession",
          "impersonate",
          "replSetGetConfig"
        ] }
        ],
        roles: []
      })

      db.getSiblingDB("admin").createUser({
        user: "reaper", pwd: passwordPrompt(), roles: ["reaper"]
      })
      "
    `);
  });

  test.each([
    [['run', '--policy', '/nowhere/policy.yaml']],
    [['run', '--uri-file', 'mongodb://u@h']],
    [['simulate', '--snapshot', 'x', '--from', 'noon']],
    [['lock', 'a@b', '--for', '0h']],
    [['check', '--policy', 'test/cli.test.ts']],
  ])('is what %j is told on a terminal, and in one line elsewhere', async (argv) => {
    const { stream, lines } = screen();
    await callReaper(argv, { stderr: stream });
    for (const line of lines()) expect(line.length).toBeLessThanOrEqual(80);
    const { stderr } = await callReaper(argv);
    expect(lines().join(' ').replaceAll(/\s+/g, ' ')).toBe(stderr.replaceAll(/\s+/g, ' '));
    expect(stderr.split('\n').length).toBeLessThanOrEqual(lines().length);
  });
});
