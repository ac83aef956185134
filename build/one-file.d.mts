interface Part {
  /** As the others call it: `./name.js`. */
  readonly name: string;
  /** CommonJS, in ASCII. */
  readonly text: string;
  /** Whether a run needs it early. */
  readonly early: boolean;
}

export function oneFile(parts: readonly Part[]): Promise<{ file: string; compiled: Buffer }>;
