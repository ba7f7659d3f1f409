/**
 * One thing wrong with an input, as data: where, what is there, what to write instead. Problems are
 * collected, never thrown one at a time.
 */
export interface Problem {
  /**
   * `error`: the input cannot be used. `incomplete`: it is well formed, but a placeholder or an
   * unset secret must be filled in before anything can be deployed. `warning`: it works, though
   * perhaps not as meant.
   */
  readonly severity: 'error' | 'incomplete' | 'warning';
  /** Where in the document, such as `containers[1].args[3]` or `line 4, column 12`. */
  readonly path: string;
  /** The value as written, shortened; absent when a value is missing. */
  readonly value?: string;
  /** What is wrong, lower case. */
  readonly message: string;
  /** What to write or do instead, lower case. */
  readonly fix?: string;
}

/** `containers[1].mem: "4g" is not a number of megabytes; write 4096` */
export function problemLine(problem: Problem): string {
  const value = problem.value === undefined ? '' : `${problem.value} `;
  const fix = problem.fix === undefined ? '' : `; ${problem.fix}`;
  return `${problem.path}: ${value}${problem.message}${fix}`;
}
