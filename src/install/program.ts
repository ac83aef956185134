/** How this program was started: a schedule starts it the same way. */
export interface Program {
  /** The path of node. */
  readonly node: string;
  /** The path of the script, with links followed. */
  readonly script: string;
  /** Undefined where there are no user ids. */
  readonly uid: number | undefined;
}
