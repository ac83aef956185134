import { needsOf } from '../decide/make-context.ts';
import { ExitCode } from '../exit-code.ts';
import { neededActions } from '../mongo/needed-actions.ts';
import { loadPolicy } from '../policy/load.ts';
import { endsNothing } from '../policy/policy.ts';
import { styleFor } from '../report/style.ts';
import { comment } from '../report/wrap.ts';
import type { World } from '../world.ts';
import { policyFileOf, type PolicyOptions } from './options.ts';

/** Without it `roles` cannot be decided; where all users are in one database, that one is enough. */
const viewUsers = (width: number): string[] => [
  ...comment('required by the condition roles: reads the roles of the users of every database', width, '  '),
  '  { resource: { db: "", collection: "" }, actions: ["viewUser"] }',
];

/** `reaper role`: the least that an account needs for this policy, as mongosh commands. */
export async function role(options: PolicyOptions, { env, stdout }: World): Promise<number> {
  const { policy } = await loadPolicy(policyFileOf(options, env));
  const needed = neededActions({
    kills: !endsNothing(policy),
    ends: policy.endSessions,
    topology: 'replica-set',
  });
  const viewsUsers = needsOf(policy).has('roles');
  const { width } = styleFor(stdout, env);
  const actions = needed.flatMap(({ action, required, reason }, at) => [
    `    ${JSON.stringify(action)}${at < needed.length - 1 ? ',' : ''}`,
    ...comment(`${required ? 'required' : 'recommended'}: ${reason}`, width, '      '),
  ]);
  stdout.write(
    [
      ...comment(
        `The role that reaper needs for policy ${policy.name}. Paste into mongosh as a user administrator.`,
        width,
      ),
      'db.getSiblingDB("admin").createRole({',
      '  role: "reaper",',
      '  privileges: [',
      '  { resource: { cluster: true }, actions: [',
      ...actions,
      `  ] }${viewsUsers ? ',' : ''}`,
      ...(viewsUsers ? viewUsers(width) : []),
      '  ],',
      '  roles: []',
      '})',
      '',
      '// The account for the connection string; mongosh asks for its password.',
      'db.getSiblingDB("admin").createUser({',
      '  user: "reaper", pwd: passwordPrompt(), roles: ["reaper"]',
      '})',
      '',
    ].join('\n'),
  );
  return ExitCode.done;
}
