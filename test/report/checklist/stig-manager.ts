import { createRequire } from 'node:module';

/** What STIG Manager makes of one rule. */
export interface Review {
  readonly ruleId: string;
  readonly result: string;
  readonly detail: string | null;
  readonly comment: string | null;
  readonly resultEngine: { readonly product: string; readonly version: string; readonly time: string } | null;
}

/** What STIG Manager makes of a file. */
export interface Parsed {
  readonly target: {
    readonly name: string;
    readonly ip: string | null;
    readonly fqdn: string | null;
    readonly metadata: Readonly<Record<string, string>>;
  };
  readonly checklists: readonly {
    readonly benchmarkId: string;
    readonly revisionStr: string | null;
    readonly reviews: readonly Review[];
  }[];
}

type Parse = (options: {
  data: string;
  fieldSettings: unknown;
  allowAccept: boolean;
  importOptions: unknown;
  sourceRef: string;
}) => Parsed;

// The package’s own types are written for another name than its own.
const modules = createRequire(import.meta.url)('@nuwcdivnpt/stig-manager-client-modules') as {
  reviewsFromCkl: Parse;
  reviewsFromCklb: Parse;
  reviewsFromXccdf: Parse;
};

const field = { enabled: 'always', required: 'always' };

function importedBy(parse: Parse): (data: string) => Parsed {
  return (data) =>
    parse({
      data,
      fieldSettings: { detail: field, comment: field },
      allowAccept: false,
      importOptions: {
        autoStatus: 'saved',
        unreviewed: 'always',
        unreviewedCommented: 'notchecked',
        emptyDetail: 'ignore',
        emptyComment: 'ignore',
        allowCustom: true,
      },
      sourceRef: 'test',
    });
}

/** STIG Manager’s import of each format. */
export const stigManager = {
  ckl: importedBy(modules.reviewsFromCkl),
  cklb: importedBy(modules.reviewsFromCklb),
  xccdf: importedBy(modules.reviewsFromXccdf),
};
