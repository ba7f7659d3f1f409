import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs `docker`; answers its standard output. Seen from outside, not through the code tested. */
export async function docker(...argv: string[]): Promise<string> {
  const { stdout } = await run('docker', argv);
  return stdout.trim();
}

/** Removes all that carries the label of the scope. */
export async function cleanScope(scope: string): Promise<void> {
  const filter = `label=crossflock.cluster=${scope}`;
  const containers = lines(await docker('ps', '-aq', '--filter', filter));
  if (containers.length > 0) await docker('rm', '-f', '-v', ...containers);
  const volumes = lines(await docker('volume', 'ls', '-q', '--filter', filter));
  if (volumes.length > 0) await docker('volume', 'rm', ...volumes);
}

/** Names of the running containers of the scope, sorted, with when each was started. */
export async function runningOf(scope: string): Promise<string[]> {
  const ids = lines(await docker('ps', '-q', '--filter', `label=crossflock.cluster=${scope}`));
  if (ids.length === 0) return [];
  const format = '{{.Name}} {{.State.StartedAt}}';
  return lines(await docker('inspect', '--format', format, ...ids)).sort();
}

export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
