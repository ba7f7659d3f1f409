// Everything that follows from schemas/config.schema.json: the types, the schema as a module and the
// field table of the manual. With --check nothing is written; the exit code is 1 if a file is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import * as prettier from 'prettier';
import { fieldTable } from './field-table.mjs';

const root = new URL('..', import.meta.url);
const SCHEMA = 'schemas/config.schema.json';
const MANUAL = 'docs/configuration.md';
const BANNER = [
  `// Made from ${SCHEMA} by scripts/generate-types.mjs; change the schema and run`,
  '// `npm run generate`.',
  '',
].join('\n');

const read = (path) => readFile(new URL(path, root), 'utf8');
const style = JSON.parse(await read('.prettierrc.json'));
const format = (text, parser) => prettier.format(text, { ...style, parser });

/** Removes what stands beside a `$ref`: each such place would get a type of its own. */
function bareRefs(node) {
  if (Array.isArray(node)) return node.map(bareRefs);
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') return { $ref: node.$ref };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bareRefs(value)]));
}

async function types(schema) {
  return compile(bareRefs(schema), 'Config', {
    bannerComment: BANNER,
    additionalProperties: false,
    format: true,
    ignoreMinAndMaxItems: true,
    style,
    unknownAny: true,
  });
}

async function schemaModule(schema) {
  const body = `export const configSchema: Readonly<Record<string, unknown>> = ${JSON.stringify(schema)};\n`;
  return format(`${BANNER}/* eslint-disable max-lines */\n\n${body}`, 'typescript');
}

async function manual(schema) {
  const text = await read(MANUAL);
  const [start, end] = ['<!-- fields: begin -->', '<!-- fields: end -->'];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${MANUAL} has lost its markers ${start} and ${end}`);
  return format(`${before}${start}\n\n${fieldTable(schema)}\n${end}${after}`, 'markdown');
}

const text = await read(SCHEMA);
// compile() changes the object it is given, hence one copy each.
const outputs = {
  'src/config/types.generated.ts': await types(JSON.parse(text)),
  'src/config/schema.generated.ts': await schemaModule(JSON.parse(text)),
  [MANUAL]: await manual(JSON.parse(text)),
};

let stale = 0;
for (const [path, wanted] of Object.entries(outputs)) {
  const found = await read(path).catch(() => undefined);
  if (found === wanted) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} does not match ${SCHEMA}; run: npm run generate`);
    stale += 1;
  } else {
    await writeFile(new URL(path, root), wanted);
    console.log(`wrote ${path}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
