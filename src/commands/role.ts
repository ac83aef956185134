import { needsOf } from '../decide/make-context.ts';
import { ExitCode } from '../exit-code.ts';
import { neededActions } from '../mongo/needed-actions.ts';
import { loadPolicy } from '../policy/load.ts';
import { endsNothing } from '../policy/policy.ts';
import type { World } from '../world.ts';
import { policyFileOf, type PolicyOptions } from './options.ts';

/** Without it `roles` cannot be decided; where all users are in one database, that one is enough. */
const viewUsers = [
  '  // required by the condition roles: reads the roles of the users of every database',
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
  const actions = needed.map(
    ({ action, required, reason }, at) =>
      `    ${JSON.stringify(action)}${at < needed.length - 1 ? ',' : ''}\n      // ${required ? 'required' : 'recommended'}: ${reason}`,
  );
  stdout.write(
    [
      `// The role that reaper needs for policy ${policy.name}. Paste into mongosh as a user administrator.`,
      'db.getSiblingDB("admin").createRole({',
      '  role: "reaper",',
      '  privileges: [',
      '  { resource: { cluster: true }, actions: [',
      ...actions,
      `  ] }${viewsUsers ? ',' : ''}`,
      ...(viewsUsers ? viewUsers : []),
      '  ],',
      '  roles: []',
      '})',
      '',
      '// The account for the connection string; mongosh asks for its password.',
      'db.getSiblingDB("admin").createUser({ user: "reaper", pwd: passwordPrompt(), roles: ["reaper"] })',
      '',
    ].join('\n'),
  );
  return ExitCode.done;
}
