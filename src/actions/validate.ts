import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import { checkConfig } from './load-plan.js';

export interface ValidateOptions {
  readonly config: string;
}

/** `crossflock validate`: everything that is wrong with a configuration, and nothing else. */
export async function validate(
  context: ActionContext,
  options: ValidateOptions,
): Promise<ExitCode> {
  const { verdict, problems } = await checkConfig(context, options.config);
  const count = (severity: string): number =>
    problems.filter((p) => p.severity === severity).length;
  const data = {
    verdict,
    errors: count('error'),
    incomplete: count('incomplete'),
    warnings: count('warning'),
  };
  context.reporter.emit({
    type: 'summary',
    ok: verdict !== 'unusable',
    message: verdictMessage(options.config, data),
    data,
  });
  return verdict === 'unusable' ? EXIT.usage : EXIT.ok;
}

function verdictMessage(
  file: string,
  {
    verdict,
    errors,
    incomplete,
    warnings,
  }: Record<'errors' | 'incomplete' | 'warnings', number> & {
    verdict: string;
  },
): string {
  const aside = warnings === 0 ? '' : `, ${warnings} warning${warnings === 1 ? '' : 's'}`;
  if (verdict === 'unusable') return `${file}: ${errors} error${errors === 1 ? '' : 's'}${aside}`;
  if (verdict === 'ready') return `${file} is valid and ready to deploy${aside}`;
  const values = `${incomplete} value${incomplete === 1 ? '' : 's'}`;
  return `${file} is valid; fill in ${values} before it can be deployed${aside}`;
}
