/** Rules about placement constraints (Marathon's SchedulingValidation). */
import type { Violations } from '../errors.js';
import type { RawApp } from '../parse/raw-app.js';

const isInt = (text: string): boolean =>
  /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31;

function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

const like = (value: string | undefined): string | undefined => {
  if (value === undefined) return 'LIKE and UNLIKE require a non-empty, regular expression value';
  return isRegex(value) ? undefined : 'is not a valid regular expression';
};

/** For each operator: what is wrong with the value, if anything. */
const OPERATORS: Readonly<Record<string, (value: string | undefined) => string | undefined>> = {
  UNIQUE: (value) => (value === undefined ? undefined : 'UNIQUE does not accept a value'),
  CLUSTER: () => undefined,
  GROUP_BY: (value) =>
    value === undefined || isInt(value)
      ? undefined
      : 'GROUP BY must define an integer value or else no value at all',
  MAX_PER: (value) =>
    value !== undefined && isInt(value) ? undefined : 'MAX_PER requires an integer value',
  LIKE: like,
  UNLIKE: like,
  IS: (value) =>
    /^[a-zA-Z0-9_/.-]*$/.test(value ?? '')
      ? undefined
      : 'IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)',
};

/** What is wrong with one constraint, if anything. */
export function constraintProblem(constraint: readonly string[]): string | undefined {
  if (constraint.length < 2 || constraint.length > 3) {
    return 'Each constraint must have either 2 or 3 fields';
  }
  const [field = '', operator = '', value] = constraint;
  if (field === '') return 'illegal constraint specification';
  const rule = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (rule === undefined) {
    return 'operator must be one of the following UNIQUE, CLUSTER, GROUP_BY, LIKE, MAX_PER, UNLIKE or IS';
  }
  return rule(value);
}

export function checkConstraints(app: RawApp, violations: Violations): void {
  (app.constraints ?? []).forEach((constraint, index) => {
    const problem = constraintProblem(constraint);
    if (problem !== undefined) violations.add(`/constraints(${index})`, problem);
  });
}
