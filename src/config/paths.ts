/** One step into a document: a property or an index. */
export type PathStep = string | number;

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** `['containers', 1, 'env', 'my key']` as `containers[1].env["my key"]`. */
export function formatPath(steps: readonly PathStep[]): string {
  if (steps.length === 0) return 'top level';
  return steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${String(step)}]`;
      if (!PLAIN_KEY.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** A JSON pointer into `root` as steps; array indices become numbers. */
export function stepsOf(pointer: string, root: unknown): readonly PathStep[] {
  const steps: PathStep[] = [];
  let here: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(here) ? Number(key) : key;
    steps.push(step);
    here = stepInto(here, step);
  }
  return steps;
}

/** The value one step further; undefined where there is none. */
export function stepInto(value: unknown, step: PathStep): unknown {
  if (Array.isArray(value)) return (value as unknown[])[Number(step)];
  if (isObject(value)) return value[String(step)];
  return undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Calls `visit` for every string of the document, in its order. */
export function eachString(
  value: unknown,
  visit: (text: string, path: readonly PathStep[]) => void,
  path: readonly PathStep[] = [],
): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      eachString(item, visit, [...path, index]);
    });
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) eachString(item, visit, [...path, key]);
  }
}
