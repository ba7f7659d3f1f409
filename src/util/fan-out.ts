export interface FanOutResult<T, R> {
  readonly done: readonly { readonly target: T; readonly value: R }[];
  readonly failed: readonly { readonly target: T; readonly error: unknown }[];
}

/**
 * Runs `work` for every target, at most `limit` at a time. One failing target never stops the
 * others; all failures are collected, in the order of the targets.
 */
export async function fanOut<T, R>(
  targets: readonly T[],
  limit: number,
  work: (target: T) => Promise<R>,
): Promise<FanOutResult<T, R>> {
  const outcomes = new Array<{ value: R } | { error: unknown } | undefined>(targets.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < targets.length; index = next++) {
      const target = targets[index] as T;
      try {
        outcomes[index] = { value: await work(target) };
      } catch (error) {
        outcomes[index] = { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, targets.length) }, worker));
  return split(targets, outcomes);
}

function split<T, R>(
  targets: readonly T[],
  outcomes: readonly ({ value: R } | { error: unknown } | undefined)[],
): FanOutResult<T, R> {
  const done: { target: T; value: R }[] = [];
  const failed: { target: T; error: unknown }[] = [];
  targets.forEach((target, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return;
    if ('error' in outcome) failed.push({ target, error: outcome.error });
    else done.push({ target, value: outcome.value });
  });
  return { done, failed };
}
