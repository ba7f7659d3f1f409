import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { isRunning } from '../lab/model.js';
import { LAB_USERS } from '../lab/names.js';
import { sshArgv } from '../lab/ssh-command.js';
import type { ActionContext } from './context.js';
import { filesOf, hostNamed, presentLab, readAccess, type LabOptions } from './lab-common.js';

export interface LabSshOptions extends LabOptions {
  readonly host: string;
  readonly user: string;
  /** Nothing: a shell. */
  readonly command: readonly string[];
  readonly json: boolean;
}

/** Runs a command with this terminal as its own. @returns its exit code */
export type Attach = (argv: readonly string[]) => Promise<number>;

/**
 * `crossflock lab ssh`: OpenSSH's client, on a lab host. With `--json` what the command wrote is in
 * the summary.
 * @returns `failed` for any exit code but 0
 */
export async function labSsh(
  context: ActionContext,
  options: LabSshOptions,
  attach: Attach,
): Promise<ExitCode> {
  const { name, user, command, json } = options;
  const lab = await presentLab(context, name);
  const target = hostNamed(lab, options.host);
  const users: readonly string[] = Object.values(LAB_USERS);
  if (!users.includes(user)) {
    const message = `no user is called ${user} on a lab host; there are ${users.join(' and ')}`;
    throw new CrossflockError(message, { code: 'invalid-input' });
  }
  const files = filesOf(context, name);
  const again = `crossflock lab up${name === 'lab' ? '' : ` --name ${name}`}`;
  if (!isRunning(target)) {
    throw new CrossflockError(`${target.id} is ${target.state}`, {
      code: 'unreachable',
      hint: `crossflock lab restart ${target.id} switches it on`,
    });
  }
  if ((await readAccess(context, files)) === undefined) {
    throw new CrossflockError(`the keys of lab ${name} are not in ${files.folder}`, {
      code: 'not-found',
      hint: `${again} makes new ones; a lab belongs to the user who made it`,
    });
  }
  const argv = sshArgv(files, { user, address: target.address, command });
  if (!json) return (await attach(argv)) === 0 ? EXIT.ok : EXIT.failed;
  if (command.length === 0) {
    throw new CrossflockError('a shell has no JSON', {
      code: 'invalid-input',
      hint: 'give a command after --, or leave --json out',
    });
  }
  const { exitCode, stdout, stderr } = await context.host.run(argv, { signal: context.signal });
  const ok = exitCode === 0;
  const message = `${target.id}: exit code ${exitCode}`;
  const data = { host: target.id, exitCode, stdout, stderr };
  context.reporter.emit({ type: 'summary', ok, message, data });
  return ok ? EXIT.ok : EXIT.failed;
}
