import { expect, test } from 'vitest';
import { makeLog } from '../src/log.ts';

const words = `/var/lib/node_exporter/reaper.prom: the heartbeat was not written: ${'and why, '.repeat(12)}at last`;

function logged(stream: { readonly isTTY?: boolean; readonly columns?: number }): string[] {
  let written = '';
  const stderr = { ...stream, write: (text: string) => (written += text) };
  makeLog({ env: { NO_COLOR: '1' }, stderr }, false).error(words);
  return written.split('\n');
}

test('a terminal shows an entry within its width, and in whole words', () => {
  const lines = logged({ isTTY: true, columns: 80 });
  expect(lines.at(-1)).toBe('');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines.join(' ').trim()).toBe(`ERROR: ${words}`);
});

test('a program gets it in one line', () => {
  const [line = '', ...rest] = logged({});
  expect(JSON.parse(line)).toMatchObject({ msg: words });
  expect(rest).toEqual(['']);
});
