/** Questions to the person at the terminal, one at a time. */
export interface Questions {
  /** Whether there is somebody to answer: input and output are a terminal, and no `--json`. */
  readonly possible: boolean;
  /**
   * Shows the lines and asks for yes or no; whatever is drawn meanwhile waits.
   * @returns false for anything but a plain yes, and where it is not possible to ask
   */
  confirm(lines: readonly string[], question: string, signal: AbortSignal): Promise<boolean>;
}
