import { describe, expect, test } from 'vitest';
import { callReaper } from '../support/reaper.ts';

describe('reaper explain', () => {
  test.each(['alice', '6f1c9c5e', '6f1c9c5e-54b2-4c0e-9d0c-6f8f5f0b7a11/short'])(
    '%s is neither a user nor a session: said before anything is read or asked',
    async (asked) => {
      const { code, stdout, stderr } = await callReaper(['explain', asked, '--policy', '/none']);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('is neither a user nor a session');
      expect(stderr).toContain('write user@db');
    },
  );

  test('needs to be told whom', async () => {
    expect((await callReaper(['explain'])).code).toBe(2);
  });

  test('--help says what the brackets are', async () => {
    const { stdout } = await callReaper(['explain', '--help']);
    expect(stdout).toContain('in brackets where the value came from');
  });
});

test('reaper list --anonymise alone is refused', async () => {
  const { code, stderr } = await callReaper(['list', '--anonymise']);
  expect(code).toBe(2);
  expect(stderr).toContain('add --save FILE');
});
