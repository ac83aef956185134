import { describe, expect, test } from 'vitest';
import { exempted } from '../../src/decide/exemption.ts';
import { aContext, always, anExemption, aSession } from '../support/builders.ts';

const yes = anExemption([always(true)], { name: 'yes' });
const no = anExemption([always(false)], { name: 'no' });
const perhaps = anExemption([always('unknown')], { name: 'perhaps' });

describe('the exemptions of a policy (P1)', () => {
  test.each([
    { exemptions: [], truth: false, name: undefined },
    { exemptions: [no], truth: false, name: undefined },
    { exemptions: [no, yes], truth: true, name: 'yes' },
    { exemptions: [perhaps, yes], truth: true, name: 'yes' },
    { exemptions: [no, perhaps, no], truth: 'unknown', name: 'perhaps' },
  ])('$exemptions.length of them: $truth', ({ exemptions, truth, name }) => {
    expect(exempted(aSession(), exemptions, aContext())).toMatchObject({ truth, name, builtIn: false });
  });

  test('all criteria of one must hold', () => {
    const both = anExemption([always(true), always(false)]);
    expect(exempted(aSession(), [both], aContext()).truth).toBe(false);
  });

  test('the reason is the policy’s, else what was compared', () => {
    const reasoned = anExemption([always(true)], { because: 'batch jobs' });
    expect(exempted(aSession(), [reasoned], aContext()).because).toBe('batch jobs');
    expect(exempted(aSession(), [yes], aContext()).because).toBe('always true');
  });

  test('one that cannot be decided is named', () => {
    expect(exempted(aSession(), [perhaps, yes], aContext()).because).toBe('always true');
    expect(exempted(aSession(), [perhaps], aContext()).because).toBe(
      'exemption perhaps cannot be decided: always unknown',
    );
  });

  test('the first that cannot be decided is the one that is named', () => {
    const later = anExemption([always('unknown')], { name: 'later' });
    expect(exempted(aSession(), [perhaps, later], aContext()).name).toBe('perhaps');
  });
});

describe('the built-in exemptions (P6)', () => {
  test.each([
    ['__system@local', true],
    ['reaper@admin', true],
    ['second@admin', true],
    ['__system@admin', false],
    ['system@local', false],
    ['alice@admin', false],
  ])('%s: %s', (owner, builtIn) => {
    const context = aContext({ self: ['reaper@admin', 'second@admin'] });
    const byName = exempted(aSession({ owner }), [], context);
    const byUid = exempted(aSession({ owner, named: false }), [], context);
    expect([byName, byUid]).toEqual([
      expect.objectContaining({ truth: builtIn, builtIn }),
      expect.objectContaining({ truth: builtIn, builtIn }),
    ]);
  });

  test('they say which', () => {
    const because = (owner: string) => exempted(aSession({ owner }), [], aContext()).because;
    expect(because('reaper@admin')).toBe('built in: reaper’s own user');
    expect(because('__system@local')).toBe('built in: system user');
    expect(because('alice@admin')).toBe('no exemption matches');
  });

  test('they go before the policy’s own', () => {
    expect(exempted(aSession({ owner: 'reaper@admin' }), [yes], aContext()).builtIn).toBe(true);
  });
});
