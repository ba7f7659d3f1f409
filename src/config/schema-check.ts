import { Ajv, type ErrorObject } from 'ajv';
import type { Problem } from '../errors/problem.js';
import { formatPath, isObject, stepsOf, type PathStep } from './paths.js';
import { configSchema } from './schema.generated.js';
import { show } from './show.js';
import { nearest, orList } from './suggest.js';

const SCHEMA_KEY = 'config';

/** Everything about the document that the schema forbids, in our words. */
export function schemaProblems(document: unknown): readonly Problem[] {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false });
  ajv.addVocabulary(['x-write']);
  ajv.addSchema(configSchema, SCHEMA_KEY);
  const errors = errorsOf(ajv, SCHEMA_KEY, document);
  const problems = expandUnions(ajv, errors)
    // Beside this one there is an error that tells why the name is refused.
    .filter(({ keyword }) => keyword !== 'propertyNames')
    .map((error) => describe(error, document));
  return withoutTwins(problems).map(({ problem }) => problem);
}

function errorsOf(ajv: Ajv, key: string, data: unknown): readonly ErrorObject[] {
  const validate = ajv.getSchema(key);
  if (validate === undefined) throw new Error(`the schema has no part ${key}`);
  return validate(data) === true ? [] : (validate.errors ?? []);
}

/**
 * Where a value fits none of several forms, ajv tells the faults of each form. What helps is either
 * one sentence about all forms, or, for an object where just one form is an object, its faults.
 */
function expandUnions(ajv: Ajv, errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  const inUnion = (path: string): boolean =>
    unions.some(({ instancePath: at }) => path === at || path.startsWith(`${at}/`));
  const rest = errors.filter(({ instancePath }) => !inUnion(instancePath));
  return [...rest, ...unions.flatMap((union) => expandUnion(ajv, union))];
}

function expandUnion(ajv: Ajv, union: ErrorObject): readonly ErrorObject[] {
  const { data, schema, instancePath } = union;
  if (!isObject(data)) return [union];
  const forms = (schema as readonly { readonly $ref?: string }[]).flatMap(({ $ref }) => $ref ?? []);
  const meant = forms.length === 1 ? forms : forms.filter((form) => isMeant(data, form));
  const [form] = meant;
  if (form === undefined || meant.length > 1) return [union];
  return errorsOf(ajv, `${SCHEMA_KEY}${form}`, data).map((error) => ({
    ...error,
    instancePath: `${instancePath}${error.instancePath}`,
  }));
}

/** Whether the object has what tells this form from the others: a required name, and its word. */
function isMeant(data: Readonly<Record<string, unknown>>, form: string): boolean {
  const { required, properties } = resolve({ $ref: form });
  const names = Array.isArray(required) ? required.map(String) : [];
  return names.some((name) => {
    const words = asObject(asObject(properties)[name])['enum'];
    return name in data && (!Array.isArray(words) || words.includes(data[name]));
  });
}

interface Described {
  readonly problem: Problem;
  /** The object that a property is missing from or unknown to. */
  readonly owner: string;
  readonly missing?: string;
  readonly meant?: string | undefined;
}

function describe(error: ErrorObject, document: unknown): Described {
  const steps = stepsOf(error.instancePath, document);
  const owner = formatPath(steps);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'required') {
    const missing = String(params['missingProperty']);
    return { owner, missing, problem: missingProblem(error, formatPath([...steps, missing])) };
  }
  if (error.keyword === 'additionalProperties') {
    const unknown = String(params['additionalProperty']);
    const known = Object.keys(asObject(asObject(error.parentSchema)['properties']));
    const meant = nearest(unknown, known);
    const problem: Problem = {
      severity: 'error',
      path: formatPath([...steps, unknown]),
      value: JSON.stringify(unknown),
      message: 'is not a property here',
      fix:
        meant === undefined ? `remove it, or write ${orList(known)}` : `did you mean "${meant}"?`,
    };
    return { owner, meant, problem };
  }
  if (error.propertyName !== undefined) {
    return { owner, problem: nameProblem(error.propertyName, [...steps, error.propertyName]) };
  }
  return { owner, problem: valueProblem(error, owner) };
}

function missingProblem(error: ErrorObject, path: string): Problem {
  const missing = String((error.params as Readonly<Record<string, unknown>>)['missingProperty']);
  const schema = resolve(asObject(asObject(error.parentSchema)['properties'])[missing]);
  const example = JSON.stringify(exampleOf(schema));
  return {
    severity: 'error',
    path,
    message: 'is missing',
    fix: `write ${writeOf(schema)}, such as "${missing}": ${example}`,
  };
}

/** The schema restricts names in two places: the environment, and flags of Mesos. */
function nameProblem(name: string, steps: readonly PathStep[]): Problem {
  const base = { severity: 'error', path: formatPath(steps), value: JSON.stringify(name) } as const;
  if (steps.includes('flags')) {
    const fix = 'write it in lower case, with "_" between words and without "--"';
    return { ...base, message: 'is not the long name of a flag', fix };
  }
  const fix = 'write letters, digits and "_", with no digit first';
  return { ...base, message: 'cannot name an environment variable', fix };
}

function valueProblem(error: ErrorObject, path: string): Problem {
  const schema = asObject(error.parentSchema);
  const fix = `write ${literal(error, schema) ?? suggestion(error, schema)}`;
  const base = { severity: 'error', path, value: show(error.data), fix } as const;
  const { limit } = error.params as { readonly limit?: number };
  switch (error.keyword) {
    case 'minimum':
      return { ...base, message: `is below ${String(limit)}` };
    case 'exclusiveMinimum':
      return { ...base, message: `is not above ${String(limit)}` };
    case 'maximum':
      return { ...base, message: `is above ${String(limit)}` };
    case 'minLength':
    case 'minItems':
      return {
        ...base,
        message: error.data === '' || isEmpty(error.data) ? 'is empty' : 'is too short',
      };
    case 'maxItems':
      return { ...base, message: 'is too long' };
    default:
      return { ...base, message: `is not ${writeOf(schema)}` };
  }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The same value in the right type: `4096` for `"4096"`, `"1"` for `1`, `false` for `"false"`. */
function literal(
  error: ErrorObject,
  schema: Readonly<Record<string, unknown>>,
): string | undefined {
  const { data } = error;
  if (typeof data === 'number' || typeof data === 'boolean') {
    return takesText(schema) ? JSON.stringify(String(data)) : undefined;
  }
  if (error.keyword !== 'type' || typeof data !== 'string') return undefined;
  const pattern = WRITTEN_AS[String(schema['type'])];
  return pattern?.exec(data.trim())?.[0].toLowerCase();
}

/** How a value of another type looks when it was put into quotes. */
const WRITTEN_AS: Readonly<Record<string, RegExp>> = {
  boolean: /^(?:true|false)$/i,
  number: /^\d+(?:\.\d+)?$/,
  integer: /^\d+$/,
};

/** Whether any string will do. */
function takesText(schema: Readonly<Record<string, unknown>>): boolean {
  const forms = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as unknown[]) : [schema];
  return forms
    .map(asObject)
    .some((form) => form['type'] === 'string' && form['enum'] === undefined);
}

function suggestion(error: ErrorObject, schema: Readonly<Record<string, unknown>>): string {
  const values = schema['enum'];
  if (Array.isArray(values) && typeof error.data === 'string') {
    const meant = nearest(error.data, values.map(String));
    if (meant !== undefined) return JSON.stringify(meant);
  }
  // Where there is a fixed set of forms, the phrase already shows them.
  if (values !== undefined || schema['anyOf'] !== undefined) return writeOf(schema);
  const example = JSON.stringify(exampleOf(schema));
  const saidAlready = error.keyword === 'type' || error.keyword === 'pattern';
  return `${saidAlready ? 'one' : writeOf(schema)}, such as ${example}`;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function resolve(value: unknown): Readonly<Record<string, unknown>> {
  const schema = asObject(value);
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const name = reference.split('/').at(-1) ?? '';
  return { ...asObject(asObject(configSchema['definitions'])[name]), ...schema };
}

function writeOf(schema: Readonly<Record<string, unknown>>): string {
  const text = schema['x-write'];
  return typeof text === 'string' ? text : 'what the schema says';
}

function exampleOf(schema: Readonly<Record<string, unknown>>): unknown {
  const examples = schema['examples'];
  return Array.isArray(examples) ? (examples as unknown[])[0] : undefined;
}

/** A misspelt property is both unknown and missing: one of the two says it all. */
function withoutTwins(all: readonly Described[]): readonly Described[] {
  return all.filter(
    ({ owner, missing }) =>
      missing === undefined ||
      !all.some((other) => other.owner === owner && other.meant === missing),
  );
}
