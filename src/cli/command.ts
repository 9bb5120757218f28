/** One of the words that can follow `anqa`. */
export interface Command {
  /** What `anqa <name> --help` shows: how it is written, what it does, and its options. */
  readonly help: string;
  /**
   * Does it.
   *
   * @param given what was typed after its name.
   * @returns the exit code.
   */
  run(given: readonly string[]): Promise<number>;
}
