interface Part {
  /** As the others call it: `./name.js`. */
  readonly name: string;
  /** CommonJS, in ASCII. */
  readonly text: string;
  /** Whether a run needs it early. */
  readonly early: boolean;
}

interface OneFile {
  readonly file: string;
  /** Tells this build from every other. */
  readonly build: string;
  /** The names of those parts that a run needs early, by the line before each. */
  readonly early: ReadonlyMap<number, string>;
}

export function oneFile(parts: readonly Part[]): Promise<OneFile>;

export function compiledFile(
  of: Pick<OneFile, 'build' | 'early'>,
  codeByLine: ReadonlyMap<number, Buffer>,
): Buffer;
