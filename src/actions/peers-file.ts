import { basename, resolve } from 'node:path';
import type { EditedText } from '../config/edit-hosts.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { step, type Step } from '../pipeline/step.js';
import { makePlan, DEFAULT_NAME } from '../plan/make-plan.js';
import type { Plan } from '../plan/types.js';
import { secretsDirectory } from '../state/pool-key.js';
import type { ActionContext } from './context.js';
import { checkConfig } from './load-plan.js';

/** A change of the configuration file that is still to be written. */
export interface FileEdit extends EditedText {
  readonly file: string;
  /** The text that the change was made in. */
  readonly before: string;
}

/** The text of a configuration that was loaded a moment ago. */
export async function readText({ readFile }: ActionContext, file: string): Promise<string> {
  return new TextDecoder().decode(await readFile(resolve(file)));
}

/**
 * The plan of an edited text, as if the file held it; undefined where the text does not pass the
 * checks of a configuration. Its problems are reported then.
 */
export async function planOfText(
  context: ActionContext,
  file: string,
  text: string,
): Promise<Plan | undefined> {
  const path = resolve(file);
  const readFile = (asked: string): Promise<Uint8Array> =>
    asked === path ? Promise.resolve(new TextEncoder().encode(text)) : context.readFile(asked);
  const { config, verdict } = await checkConfig({ ...context, readFile }, file, 'what stops');
  if (config === undefined || verdict !== 'ready') return undefined;
  return makePlan(config, {
    directory: secretsDirectory(config.name ?? DEFAULT_NAME, context.env),
  });
}

/** Writes the edited configuration: as a whole or not at all. */
export function fileStep(context: ActionContext, edit: FileEdit): Step {
  const name = basename(edit.file);
  return step({
    id: 'file',
    title: name,
    check: () => Promise.resolve(edit.changes.map((view) => ({ view: inFile(view, name) }))),
    apply: async (changes, { signal, applied }) => {
      await writeEdit(context, edit, signal);
      changes.forEach(applied);
    },
  });
}

function inFile<View extends { readonly target: string }>(view: View, name: string): View {
  return { ...view, target: `${view.target} in ${name}` };
}

/** A link stays one, and the file keeps its permissions. */
async function writeEdit(
  context: ActionContext,
  { file, before, text }: FileEdit,
  signal: AbortSignal,
): Promise<void> {
  const { host } = context;
  if ((await readText(context, file)) !== before) {
    throw new CrossflockError(`${file} was changed by somebody else meanwhile`, {
      code: 'refused',
      hint: 'run the command again',
    });
  }
  const path = resolve(file);
  const real = await host.run(['realpath', '--', path], { signal });
  const mode = await host.run(['stat', '-L', '-c', '%a', '--', path], { signal });
  const target = real.exitCode === 0 ? real.stdout.trimEnd() : path;
  const bits = /^[0-7]{3,4}$/.exec(mode.stdout.trim())?.[0] ?? '600';
  await host.put(text, target, Number.parseInt(bits, 8));
}
