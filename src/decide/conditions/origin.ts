import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Session } from '../../session.ts';
import { andSilent, type Condition, type Context } from '../condition.ts';
import { matchesText, parsePattern, type Pattern } from '../pattern.ts';
import type { Truth } from '../truth.ts';

/** An address with how many of its leading bits count. */
interface Network {
  readonly text: string;
  readonly range: [ipaddr.IPv4 | ipaddr.IPv6, number];
}

const network = z
  .string({ error: 'an address is text, as 10.0.0.0/8' })
  .transform((text, context): Network => {
    const range = rangeOf(text);
    if (range !== undefined) return { text, range };
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(text)} is no address; write 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32 (names are not looked up: what they mean may change)`,
    });
    return z.NEVER;
  });

/** All four parts, in decimals: the library would take 10/8 for 0.0.0.10/8, and 010.0.0.0 for octal. */
function rangeOf(text: string): Network['range'] | undefined {
  const { IPv4, IPv6 } = ipaddr;
  const isNetwork = IPv4.isValidCIDRFourPartDecimal(text) || IPv6.isValidCIDR(text);
  if (!isNetwork && !IPv4.isValidFourPartDecimal(text) && !IPv6.isValid(text)) return undefined;
  const [address, bits] = ipaddr.parseCIDR(isNetwork ? text : `${text}/${text.includes(':') ? 128 : 32}`);
  // An IPv4 address in IPv6 is compared as what it is, as the client's is.
  const isMapped = address instanceof IPv6 && address.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [address.toIPv4Address(), bits - 96] : [address, bits];
}

/** What is known holds of what runs or is in a transaction only (L14): else unknown, never guessed. */
function known(values: readonly string[], matches: (value: string) => boolean, context: Context): Truth {
  if (values.some(matches)) return true;
  return values.length === 0 || context.silentMembers.length > 0 ? 'unknown' : false;
}

const source = (session: Session): string =>
  session.clients.length + session.apps.length === 0 ? 'nothing tells' : '$currentOp';

/** The client's address is in one of these networks. */
export const clients: Condition<readonly Network[]> = {
  schema: z
    .array(network, { error: 'expected a list of addresses or networks, as [10.0.0.0/8]' })
    .min(1, { error: 'an empty list names nobody; name at least one address, as 10.0.0.0/8' })
    .meta({
      description:
        'The client’s address is one of these, or in one of these networks (CIDR). Names are not looked up.',
      input_examples: [['10.0.0.0/8', '2001:db8::1']],
      unknown_if:
        'no operation or transaction is open, since only these tell their client; or if none of these matches and a member does not tell',
      stands_for: 'restrictions by origin',
    }),
  about: 'session',
  test: (networks, session, context) =>
    known(session.clients, (client) => networks.some((each) => contains(each, client)), context),
  because(networks, { clients: addresses }, context) {
    if (addresses.length === 0) return 'its client’s address is not known';
    const seen = `client ${addresses.join(', ')} against ${networks.map(({ text }) => text).join(', ')}`;
    return andSilent(seen, context);
  },
  source,
};

function contains({ range: [network, bits] }: Network, client: string): boolean {
  const host = withoutPort(client);
  if (!ipaddr.isValid(host)) return false;
  const address = ipaddr.process(host);
  return address.kind() === network.kind() && address.match(network, bits);
}

/** A colon is before a port only after a bracket or where it is the only one: an IPv6 address has others. */
function withoutPort(client: string): string {
  return client.replace(/^\[(.*)\](?::\d+)?$|^([^:]*):\d+$/, '$1$2');
}

/** The client's application name matches. */
export const apps: Condition<readonly Pattern[]> = {
  schema: z
    .array(
      z.string({ error: 'an application name is text' }).transform((text) => parsePattern(text)),
      { error: 'expected a list of application names, as ["mongosh *"]' },
    )
    .min(1, { error: 'an empty list names nothing; name at least one application, as "mongosh *"' })
    .meta({
      description:
        'The client’s appName matches one of these: `*` any characters, `?` one, `\\` escapes. A client may give any name.',
      input_examples: [['mongosh *', 'MongoDB Compass']],
      unknown_if:
        'no operation or transaction is open, since only these tell their application; or if none of these matches and a member does not tell',
      stands_for: 'restrictions by origin',
    }),
  about: 'session',
  test: (patterns, session, context) =>
    known(session.apps, (app) => patterns.some((pattern) => matchesText(pattern, app)), context),
  because(patterns, { apps: names }, context) {
    if (names.length === 0) return 'its application is not known';
    const seen = `application ${names.join(', ')} against ${patterns.map(({ text }) => text).join(', ')}`;
    return andSilent(seen, context);
  },
  source,
};
