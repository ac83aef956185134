import { describe, expect, test } from 'vitest';
import { apps, clients } from '../../../src/decide/conditions/origin.ts';
import type { Truth } from '../../../src/decide/truth.ts';
import { aContext, aSession } from '../../support/builders.ts';

describe('clients', () => {
  const cases: [networks: string[], client: string, truth: boolean][] = [
    [['10.0.0.0/8'], '10.1.2.3:50000', true],
    [['10.0.0.0/8'], '11.0.0.0:50000', false],
    [['10.0.0.0/8'], '9.255.255.255:1', false],
    [['10.1.2.3'], '10.1.2.3:1', true],
    [['10.1.2.3'], '10.1.2.4:1', false],
    [['10.1.2.3'], '10.1.2.3', true],
    [['10.1.2.0/25'], '10.1.2.127:1', true],
    [['10.1.2.0/25'], '10.1.2.128:1', false],
    [['10.1.2.3/8'], '10.9.9.9:1', true],
    [['0.0.0.0/0'], '203.0.113.9:1', true],
    [['0.0.0.0/0'], '[2001:db8::1]:1', false],
    [['2001:db8::/32'], '[2001:db8:1::5]:50000', true],
    [['2001:db8::/32'], '[2001:db9::5]:50000', false],
    [['2001:db8::1'], '[2001:db8::1]:50000', true],
    [['2001:db8::1'], '[2001:0db8:0:0:0:0:0:1]:50000', true],
    [['::1'], '[::1]:50000', true],
    [['2001:db8::5'], '2001:db8::5', true],
    [['2001:db8::'], '2001:db8::5', false],
    [['2001:db8::5'], '[2001:db8::5]', true],
    [['::1'], '::1', true],
    [['::/0'], '10.0.0.1:1', false],
    [['10.0.0.0/8'], '[::ffff:10.1.2.3]:1', true],
    [['::ffff:10.1.2.3'], '10.1.2.3:1', true],
    [['::ffff:10.0.0.0/104'], '10.1.2.3:1', true],
    [['::ffff:10.0.0.0/104'], '[::ffff:11.1.2.3]:1', false],
    [['::ffff:0:0/96'], '10.1.2.3:1', true],
    // Wider than all IPv4 addresses in IPv6: it is a network of IPv6, which no IPv4 client is in.
    [['::ffff:0:0/95'], '10.1.2.3:1', false],
    [['::ffff:10.0.0.0/64'], '203.0.113.9:1', false],
    [['192.0.2.1', '10.0.0.0/8'], '10.1.2.3:1', true],
    [['a::/16'], 'a[::1]:50000', false],
    [['::/0'], '[::1]2:50000', false],
    [['10.0.0.0/8'], 'anonymous unix socket', false],
    [['10.0.0.0/8'], 'anonymous unix socket:27017', false],
  ];

  test.each(cases)('%j, client %s: %s', (networks, client, truth) => {
    const session = aSession({ clients: [client] });
    expect(clients.test(clients.schema.parse(networks), session, aContext())).toBe(truth);
  });

  test.each([
    ['10/8'],
    ['192.168/16'],
    ['010.0.0.0/8'],
    ['0x0a.0.0.1'],
    ['10.1.2'],
    ['167772161'],
    ['10.0.0.0/33'],
    ['2001:db8::/129'],
    ['10.0.0.0/'],
    ['db.example.net'],
    [''],
  ])('%j is no address', (text) => {
    expect(clients.schema.safeParse([text]).error?.issues[0]?.message).toContain(
      `${JSON.stringify(text)} is no address; write 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32`,
    );
  });

  test.each([[[]], ['10.0.0.0/8'], [[10]], [null]])('%j is refused', (value) => {
    expect(clients.schema.safeParse(value).success).toBe(false);
  });
});

describe('apps', () => {
  const cases: [patterns: string[], app: string, truth: boolean][] = [
    [['mongosh *'], 'mongosh 2.5.0', true],
    [['mongosh *'], 'Mongosh 2.5.0', false],
    [['etl'], 'etl', true],
    [['etl'], 'etl2', false],
    [['a', 'e?l'], 'etl', true],
    [['\\*'], '*', true],
    [['\\*'], 'etl', false],
  ];

  test.each(cases)('%j, application %s: %s', (patterns, app, truth) => {
    expect(apps.test(apps.schema.parse(patterns), aSession({ apps: [app] }), aContext())).toBe(truth);
  });

  test.each([[[]], ['etl'], [[5]], [null]])('%j is refused', (value) => {
    expect(apps.schema.safeParse(value).success).toBe(false);
  });
});

describe('what only an operation or a transaction tells (L14)', () => {
  const cases: { known: string[]; all: Truth; silent: Truth }[] = [
    { known: [], all: 'unknown', silent: 'unknown' },
    { known: ['10.0.0.1'], all: true, silent: true },
    { known: ['10.0.0.2'], all: false, silent: 'unknown' },
    { known: ['10.0.0.2', '10.0.0.1'], all: true, silent: true },
  ];

  test.each(cases)('$known: $all, with a silent member $silent', ({ known, all, silent }) => {
    const session = aSession({ clients: known, apps: known });
    for (const condition of [clients, apps] as const) {
      const args = condition.schema.parse(['10.0.0.1']) as never;
      expect(condition.test(args, session, aContext())).toBe(all);
      expect(condition.test(args, session, aContext({ silentMembers: ['m2'] }))).toBe(silent);
    }
  });

  test('is said', () => {
    const session = aSession({ clients: ['10.0.0.1:5', '10.0.0.2:5'], apps: ['etl', 'x'] });
    const networks = clients.schema.parse(['10.0.0.0/8', '::1']);
    const names = apps.schema.parse(['mongosh *', 'etl']);
    const silent = aContext({ silentMembers: ['m2'] });
    const ofClients = 'client 10.0.0.1:5, 10.0.0.2:5 against 10.0.0.0/8, ::1';
    const ofApps = 'application etl, x against mongosh *, etl';
    expect(clients.because(networks, session, aContext())).toBe(ofClients);
    expect(apps.because(names, session, aContext())).toBe(ofApps);
    expect(clients.because(networks, session, silent)).toBe(`${ofClients}; m2 did not tell`);
    expect(apps.because(names, session, silent)).toBe(`${ofApps}; m2 did not tell`);
    expect(clients.because(networks, aSession(), aContext())).toBe('its client’s address is not known');
    expect(apps.because(names, aSession(), aContext())).toBe('its application is not known');
  });

  test.each([
    [{}, 'nothing tells'],
    [{ clients: ['c'] }, '$currentOp'],
    [{ apps: ['a'] }, '$currentOp'],
    [{ clients: ['c'], apps: ['a'] }, '$currentOp'],
  ])('%j comes from %s', (options, source) => {
    expect(clients.source(aSession(options))).toBe(source);
    expect(apps.source(aSession(options))).toBe(source);
  });
});
