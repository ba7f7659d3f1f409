import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';

export interface RunKincOptions {
  readonly config: string;
}

export async function runKinc(context: ActionContext, options: RunKincOptions): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config);
  return plan === undefined ? EXIT.usage : EXIT.failed;
}
