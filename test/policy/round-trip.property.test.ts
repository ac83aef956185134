import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { decide } from '../../src/decide/decide.ts';
import type { Verdict } from '../../src/decide/verdict.ts';
import { parsePolicy } from '../../src/policy/load.ts';
import { parseYaml } from '../../src/policy/parse-yaml.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { policySchema } from '../../src/policy/schema.ts';
import { aDocument, aWorld } from '../decide/random-policies.ts';

const parse = (text: string): Policy => parsePolicy(new TextEncoder().encode(text), 'policy.yaml');

/** The YAML of a policy as `yaml` would write it: its data, printed. */
const printed = (text: string): string => stringify(parseYaml(text).value);

/** Ways to write the same. */
const styles: Record<string, (document: unknown) => string> = {
  block: (document) => stringify(document),
  flow: (document) => stringify(document, { collectionStyle: 'flow' }),
  JSON: (document) => JSON.stringify(document, null, 2),
  'in single quotes': (document) =>
    stringify(document, { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' }),
};

/**
 * Characters that a reader cannot see are refused as such, and YAML written by a library has them as such. What
 * joins and colours emoji and some scripts is no such.
 */
const unseen = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const seen = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
  .filter((character) => !unseen.test(character));

/** What a policy says besides its rules and exemptions, which hold functions. */
const plainPart = ({ rules, exemptions, ...rest }: Policy) => ({
  ...rest,
  rules: rules.map(({ name, terminate }) => ({ name, terminate })),
  exemptions: exemptions.map(({ name, because }) => ({ name, because })),
});

interface Trip {
  readonly policies: readonly Policy[];
  readonly verdicts: readonly (readonly Verdict[])[];
}

function expectOneMeaning({ policies, verdicts }: Trip): void {
  const [first, ...others] = policies;
  const [own, ...theirs] = verdicts;
  for (const policy of others) expect(first && plainPart(policy)).toEqual(first && plainPart(first));
  for (const their of theirs) expect(their).toEqual(own);
}

test('a policy that is parsed, printed and parsed again decides the same, however it is written', () => {
  const head = fc.record(
    {
      description: fc.string({ unit: seen, minLength: 1, maxLength: 20 }),
      limits: fc.record({ users: fc.nat(), percent: fc.nat(1000).map((tenths) => tenths / 10) }),
      mode: fc.constantFrom('enforce', 'report'),
      end_sessions: fc.boolean(),
      authority: fc.record({
        approved_on: fc.constant('2026-10-01'),
        document: fc.constantFrom('SSP: AC-12', '#1', '0x10', 'null', "it's"),
      }),
    },
    { requiredKeys: [] },
  );
  const document = fc
    .tuple(aDocument, head)
    .filter(([{ rules }]) => rules.length > 0)
    .map(([body, rest]) => ({ ...body, ...rest }));

  fc.assert(
    fc.property(document, fc.constantFrom(...Object.keys(styles)), aWorld, (plain, style, world) => {
      const text = styles[style]?.(plain) ?? '';
      // The last has never been YAML.
      const policies = [parse(text), parse(printed(text)), policySchema.parse(plain)];
      const verdicts = policies.map((policy) =>
        decide(world.sessions, policy, world.contextOf(policy), world.wasEnded),
      );
      expectOneMeaning({ policies, verdicts });
    }),
    { numRuns: 200 },
  );
}, 30_000);

test.each(['\u2028', '\uffa0', '\u00ad', '\u202e'])(
  'what the random texts above leave out, %j, needs its escape',
  (character) => {
    const rules = [{ name: 'r', when: { idle_for: '15m' } }];
    const document = { version: 1, name: 'p', description: `a${character}b`, rules };
    for (const style of Object.values(styles))
      expect(() => parse(style(document))).toThrow(/an invisible character, U\+/);
    const escape = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const escaped = parse(JSON.stringify(document).replace(character, escape));
    expect(escaped.description).toBe(document.description);
  },
);

const folder = new URL('../../policies/', import.meta.url);
const shipped = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

test.each(shipped)('%s, too', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const policies = [parse(text), parse(printed(text))];
  fc.assert(
    fc.property(aWorld, (world) => {
      const verdicts = policies.map((policy) =>
        decide(world.sessions, policy, world.contextOf(policy), world.wasEnded),
      );
      expectOneMeaning({ policies, verdicts });
    }),
    { numRuns: 30 },
  );
});
