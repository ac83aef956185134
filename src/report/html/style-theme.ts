import { html } from './escape.ts';

/** The colours, light and dark, and the fonts, which are the system’s. */
export const theme = html`<style>
  :root {
    color-scheme: light dark;
    --page: #f4f5f7;
    --card: #ffffff;
    --rim: #d8dde4;
    --ink: #18212c;
    --soft: #525f70;
    --link: #1a56a0;
    --good: #17693a;
    --good-ground: #e8f4ec;
    --bad: #b1221a;
    --bad-ground: #fcebe9;
    --doubt: #7d5200;
    --doubt-ground: #fcf3dd;
    --hand: #1d5fa6;
    --literal:
      ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace;
  }
  @media screen and (prefers-color-scheme: dark) {
    :root {
      --page: #0f141a;
      --card: #171d25;
      --rim: #2e3845;
      --ink: #e4e9ef;
      --soft: #a3afbd;
      --link: #8bbcf7;
      --good: #74cf9b;
      --good-ground: #12271c;
      --bad: #ff9c92;
      --bad-ground: #341917;
      --doubt: #f0c368;
      --doubt-ground: #2e2510;
      --hand: #86b8f2;
    }
  }
</style>`;
