import { resolve } from 'node:path';
import { hostsConfiguration, type HostOptions } from '../config/from-hosts.js';
import { renderJson, styleOf } from '../config/json-style.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { Problem } from '../errors/problem.js';
import type { NetworkPlan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { optional } from '../util/optional.js';
import type { ActionContext } from './context.js';
import { networkDriver } from './network-steps.js';
import { planOfText } from './peers-file.js';
import { provisionPlan, refuseStrangers, type HostChoice } from './provision.js';

export interface ProvisionHostsOptions extends HostChoice {
  readonly hosts: HostOptions;
  /** Path of a configuration, which hosts on the command line leave no room for. */
  readonly config?: string;
  /** Path of the file to keep the configuration in; it must not be there yet. */
  readonly write?: string;
}

/** Only where no file is written; nothing in the configuration is relative to it. */
const UNWRITTEN = 'configuration.json';

/**
 * `provision --master …`: `provision` of the configuration that the hosts on the command line amount
 * to. It is shown, and written only where that was asked for.
 */
export async function provisionHosts(
  context: ActionContext,
  options: ProvisionHostsOptions,
  openNetwork: (plan: NetworkPlan) => VirtualNetwork = networkDriver,
): Promise<ExitCode> {
  const { write, only, dryRun } = options;
  const { document, problems: wrong } = hostsConfiguration(options.hosts);
  const problems = [...wrong, ...(await fileProblems(context, options))];
  if (document === undefined || problems.length > 0) return refuse(context, problems);
  const text = jsonText(document);
  const plan = await planOfText(context, write ?? UNWRITTEN, text);
  if (plan === undefined) return refuse(context, []);
  refuseStrangers(plan, only);
  show(context, text, options);
  const isWritten = write !== undefined && !dryRun;
  if (isWritten) await context.host.put(text, resolve(write), 0o644);
  return provisionPlan(
    context,
    plan,
    {
      dryRun,
      ...optional('only', only),
      source: isWritten ? ['-c', write] : sourceWords(options),
      data: { configuration: document },
    },
    openNetwork,
  );
}

/** What files are in the way. */
async function fileProblems(
  { readFile }: ActionContext,
  { config, write }: ProvisionHostsOptions,
): Promise<readonly Problem[]> {
  const problem = (path: string, value: string, message: string, fix: string): Problem => {
    return { severity: 'error', path, value: JSON.stringify(value), message, fix };
  };
  const problems: Problem[] = [];
  if (config !== undefined) {
    const message = 'names the hosts already';
    problems.push(problem('-c', config, message, 'leave out either it or the options for hosts'));
  }
  if (write === undefined) return problems;
  if (write.trim() === '') {
    return [...problems, problem('--write', write, 'is empty', 'write the path of a new file')];
  }
  const isThere = await readFile(resolve(write)).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'ENOENT',
  );
  if (isThere) {
    const fix = `write another name, or use it: crossflock provision -c ${write}`;
    problems.push(problem('--write', write, 'is there already and is not overwritten', fix));
  }
  return problems;
}

function refuse({ reporter }: ActionContext, problems: readonly Problem[]): ExitCode {
  for (const problem of problems) reporter.emit({ type: 'problem', problem });
  const count =
    problems.length === 0 ? '' : `: ${problems.length} problem${problems.length === 1 ? '' : 's'}`;
  const message = `these hosts cannot be provisioned${count}, nothing was changed`;
  reporter.emit({ type: 'summary', ok: false, message });
  return EXIT.usage;
}

function show(
  { reporter }: ActionContext,
  text: string,
  { write, dryRun }: ProvisionHostsOptions,
): void {
  const where =
    write === undefined
      ? 'which --write FILE keeps for the other commands:'
      : dryRun
        ? `which would be written to ${write}:`
        : `written to ${write}:`;
  const lines = [`the configuration that this amounts to, ${where}`, ...text.trimEnd().split('\n')];
  reporter.emit({ type: 'report', lines });
}

/** As a person would write it. */
function jsonText(document: object): string {
  const style = styleOf('{\n  "a": 1\n}');
  return `${renderJson(document, { style, indent: '' })}\n`;
}

/** The options, to be typed once more. */
function sourceWords({ hosts }: ProvisionHostsOptions): readonly string[] {
  return Object.entries(hosts).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}
