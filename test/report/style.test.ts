import { describe, expect, test } from 'vitest';
import { styleFor } from '../../src/report/style.ts';

describe('the style of a report', () => {
  test.each([
    { stream: {}, env: {}, colours: false, width: 80 },
    { stream: { columns: 200 }, env: {}, colours: false, width: 80 },
    { stream: { isTTY: true }, env: {}, colours: true, width: 80 },
    { stream: { isTTY: true, columns: 100 }, env: {}, colours: true, width: 100 },
    { stream: { isTTY: true, columns: 300 }, env: {}, colours: true, width: 120 },
    { stream: { isTTY: true, columns: 10 }, env: {}, colours: true, width: 40 },
    { stream: { isTTY: true }, env: { NO_COLOR: '1' }, colours: false, width: 80 },
    { stream: { isTTY: true }, env: { NO_COLOR: '' }, colours: true, width: 80 },
    { stream: { isTTY: true }, env: { TERM: 'dumb' }, colours: false, width: 80 },
  ])('$stream, $env', ({ stream, env, colours, width }) => {
    const style = styleFor(stream, env);
    expect(style.width).toBe(width);
    expect(style.paint.red('x') !== 'x').toBe(colours);
  });
});
