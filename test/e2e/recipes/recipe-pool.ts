import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The pool that the recipes' tests share. */
export interface RecipePool {
  /** Of the deployment. */
  readonly name: string;
  /** Path of its configuration file; empty until the pool is there. */
  config: string;
}

/** The pool's configuration with another `workflow`, in a folder of its own beside it. */
export async function withWorkflow(
  { config }: RecipePool,
  workflow: { readonly type: string } & Readonly<Record<string, unknown>>,
): Promise<{ readonly config: string; readonly folder: string }> {
  const folder = join(dirname(config), workflow.type);
  await mkdir(folder, { recursive: true });
  const mine = join(folder, 'config.json');
  const all = JSON.parse(await readFile(config, 'utf8')) as object;
  await writeFile(mine, JSON.stringify({ ...all, workflow }));
  return { config: mine, folder };
}
