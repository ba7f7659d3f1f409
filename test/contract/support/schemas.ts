/** The conformance data: schemas (compiled on first use), examples, manifest. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

const ROOT = new URL('../marathon/', import.meta.url);

export interface Example {
  readonly file: string;
  readonly schema: readonly string[];
  readonly valid: boolean;
  readonly expect?: {
    readonly status: number;
    readonly message: string;
    readonly path?: string;
    readonly error?: string;
  };
  readonly http?: { readonly method?: string; readonly path?: string; readonly status: number };
}

const readJson = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(path, ROOT), 'utf8')) as unknown;

export const manifest = (readJson('examples/manifest.json') as { examples: Example[] }).examples;

/** The text of an example, exactly as in the file. */
export const exampleText = (file: string): string =>
  readFileSync(new URL(`examples/${file}`, ROOT), 'utf8');

export const example = (file: string): unknown => readJson(`examples/${file}`);

const ajv = new Ajv({ strict: false, allErrors: false });
const compiled = new Map<string, ValidateFunction>();

/** Problems of `value` against a schema such as `strict/app-response`; undefined when there are none. */
export function problems(schema: string, value: unknown): string | undefined {
  const validate =
    compiled.get(schema) ?? ajv.compile(readJson(`schemas/${schema}.schema.json`) as object);
  compiled.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}
