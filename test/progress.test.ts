import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { progressOn } from '../src/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** What a terminal of 80 columns is told. */
function aTerminal() {
  const written: string[] = [];
  const calls = { cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  const stream = {
    isTTY: true,
    columns: 80,
    rows: 24,
    write: (text: string) => written.push(text),
    ...calls,
  };
  return { stream, text: () => stripVTControlCharacters(written.join('')), all: () => written.join('') };
}

test('work under a second is not worth a word', () => {
  const { stream, all } = aTerminal();
  {
    using progress = progressOn({ stderr: stream, env: {} }, false);
    progress.tell('listing sessions', 25_000);
    vi.advanceTimersByTime(900);
  }
  vi.advanceTimersByTime(5_000);
  expect(all()).toBe('');
});

test.each([undefined, 'true'])('longer work tells what goes on and takes its line away, CI=%s', (ci) => {
  vi.stubEnv('CI', ci);
  const { stream, text, all } = aTerminal();
  {
    using progress = progressOn({ stderr: stream, env: {} }, false);
    progress.tell('listing sessions', 25_000);
    vi.advanceTimersByTime(1_200);
    expect(text()).toContain('listing sessions · 25,000');
    progress.tell('ending sessions', 50_000, 100_000);
    vi.advanceTimersByTime(200);
    expect(text()).toContain(`ending sessions ${'█'.repeat(12)}${'░'.repeat(12)} 50 % of 100,000`);
  }
  const before = all();
  vi.advanceTimersByTime(1_000);
  expect(all()).toBe(before);
});

test.each([
  ['in a pipe', { isTTY: false }, {}, false],
  ['on a terminal that cannot take a line back', {}, { TERM: 'dumb' }, false],
  ['where nobody wants to know', {}, {}, true],
])('nothing is shown %s', (_where, changed, env, quiet) => {
  const { stream, all } = aTerminal();
  using progress = progressOn({ stderr: { ...stream, ...changed }, env }, quiet);
  progress.tell('listing sessions', 25_000);
  vi.advanceTimersByTime(5_000);
  expect(all()).toBe('');
});
