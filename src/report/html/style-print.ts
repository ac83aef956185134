import { html } from './escape.ts';

/** Paper: always light, nothing cut, and page breaks where they do no harm. */
export const print = html`<style>
  @media print {
    :root {
      color-scheme: only light;
      --page: #ffffff;
    }
    @page {
      margin: 16mm 14mm;
    }
    html {
      font-size: 9.5pt;
    }
    th,
    td {
      padding-top: 0.25rem;
      padding-bottom: 0.25rem;
    }
    .column {
      max-width: none;
      padding: 0;
    }
    body > header .column {
      padding: 0 1rem;
    }
    body > header,
    .chip,
    .timeline,
    .bar {
      print-color-adjust: exact;
      -webkit-print-color-adjust: exact;
    }
    section {
      margin: 0 0 1.2rem;
      padding: 0;
      overflow: visible;
      border: 0;
    }
    .scroll {
      overflow: visible;
    }
    thead {
      display: table-header-group;
    }
    tfoot {
      display: table-row-group;
    }
    h2,
    h3,
    figcaption,
    h2 + p,
    tbody tr:nth-child(-n + 2) {
      break-after: avoid;
    }
    tr,
    .picture,
    h2 + p,
    article,
    blockquote,
    .figures,
    .facts,
    .steps > li,
    .whole {
      break-inside: avoid;
    }
    tbody tr:nth-last-child(-n + 2),
    tfoot tr {
      break-before: avoid;
    }
    a {
      color: inherit;
      text-decoration: none;
    }
    p,
    li {
      orphans: 3;
      widows: 3;
    }
  }
</style>`;
