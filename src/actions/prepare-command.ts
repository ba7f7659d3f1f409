import { stat } from 'node:fs/promises';

import type { Problem } from '../errors/problem.js';
import type { CommandPlan } from '../plan/types.js';
import { checkCommand } from '../workflow/recipes/command-check.js';
import { filesOf, jobsOf } from '../workflow/recipes/command.js';
import { type Manifest, readManifest } from '../workflow/recipes/manifest.js';
import { localPath, startCommand } from '../workflow/start-command.js';
import type { ActionContext } from './context.js';
import type { PrepareRun } from './prepared-run.js';

/** Any program over a manifest: all of it and every file are looked at before anything is sent. */
export const prepareCommand: PrepareRun = async (context, { plan: { workflow }, folder }) => {
  const { command } = workflow;
  if (command === undefined) {
    const message = 'the configuration has no workflow.command: there is nothing to run';
    context.reporter.emit({ type: 'summary', ok: false, message });
    return;
  }
  const manifest = await checkCommandFiles(context, command, folder);
  if (manifest === undefined) return;
  return {
    unit: 'job',
    start: ({ pool, slots }) =>
      startCommand(pool, { plan: command, manifest, folder, slots }, context.signal),
  };
};

/** @param folder that programs with a relative path are in */
async function checkCommandFiles(
  { reporter, readFile }: ActionContext,
  plan: CommandPlan,
  folder: string,
): Promise<Manifest | undefined> {
  const problems: Problem[] = [];
  const text = await textOf(plan.manifest, readFile);
  if (text === undefined) problems.push(noFile('manifest', plan.manifest));
  for (const file of filesOf(plan)) {
    if (await isFile(localPath(folder, file))) continue;
    problems.push(noFile(plan.inputs.includes(file) ? 'inputs' : 'program', file));
  }
  const manifest = text === undefined ? undefined : readManifest(plan.manifest, text);
  if (manifest !== undefined) problems.push(...checkCommand(plan, manifest));
  for (const problem of problems) reporter.emit({ type: 'problem', problem });
  if (manifest === undefined || problems.length > 0) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const message = `workflow.command cannot be run: ${count}; nothing was submitted`;
    reporter.emit({ type: 'summary', ok: false, message });
    return undefined;
  }
  const { rows } = manifest;
  const message = `${plan.manifest}: ${rows.length} rows for ${jobsOf(plan, manifest).length} jobs`;
  reporter.emit({ type: 'notice', level: 'info', message });
  return manifest;
}

async function textOf(
  path: string,
  readFile: ActionContext['readFile'],
): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readFile(path));
  } catch {
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function noFile(field: string, path: string): Problem {
  return {
    severity: 'error',
    path: `workflow.command.${field}`,
    value: JSON.stringify(path),
    message: 'is no file that can be read on this machine',
    fix: 'write its path, relative to the folder of the configuration',
  };
}
