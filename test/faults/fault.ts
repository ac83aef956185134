import { expect, it } from 'vitest';

/** One line of the table: what was done to reaper, what it promised, and what was seen of it. */
interface Row {
  readonly done: string;
  readonly promised: string;
  readonly seen: string;
}

/**
 * Makes the faults of one test file. Each is a test; what was seen becomes a line of the table, which is kept in
 * the repository, so that a change of what is seen is a failing test. `vitest run -u` writes it anew.
 */
export function faultTable(title: string, file: string) {
  const rows: Row[] = [];
  let registered = 0;
  return {
    /** Registers one fault; the body returns in a sentence what was seen, the same every time. */
    fault(done: string, promised: string, body: () => Promise<string>, timeout = 60_000): void {
      registered += 1;
      it(`${done}: ${promised}`, async () => void rows.push({ done, promised, seen: await body() }), timeout);
    },

    /** Registers the comparison with the table that is kept; to be called after all faults. */
    compare(): void {
      it(`${title}: what was seen is what the table says`, async () => {
        expect(rows, 'the other tests of this file must have run and passed').toHaveLength(registered);
        const lines = rows.map(({ done, promised, seen }) => `| ${done} | ${promised} | ${seen} |`);
        const head = ['| what was done | what reaper promises | what was seen |', '| --- | --- | --- |'];
        const table = [`## ${title}`, '', ...head, ...lines, ''].join('\n');
        await expect(table).toMatchFileSnapshot(`./seen/${file}.md`);
      });
    },
  };
}
