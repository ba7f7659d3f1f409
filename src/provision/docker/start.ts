import { CrossflockError } from '../../errors/crossflock-error.js';
import type { Host } from '../../ports/host.js';
import type { InitSystem } from '../facts/host-facts.js';
import { commandFailed, failedCommand } from '../run-command.js';

/** Log of an engine that nobody but this project started. */
const LOG = '/var/log/crossflock-dockerd.log';

/** A way to start Docker Engine, and where it says why not. */
export interface StartWay {
  readonly argv: readonly string[];
  readonly waitSeconds: number;
  readonly log: readonly string[];
}

/**
 * The engine in a session of its own, outliving the connection that started it.
 * The text is constant: the log's path is its argument.
 */
const DIRECTLY = 'setsid dockerd >>"$1" 2>&1 </dev/null &';

/** The ways to start the engine, each tried when the one before gave none. Pure. */
export function startWays(init: InitSystem): readonly StartWay[] {
  const systemd: StartWay = {
    argv: ['systemctl', 'enable', '--now', 'docker'],
    waitSeconds: 60,
    log: ['journalctl', '--unit', 'docker', '--lines', '12', '--no-pager', '--output', 'cat'],
  };
  const sysv: StartWay = {
    argv: ['service', 'docker', 'start'],
    waitSeconds: 20,
    log: ['tail', '-n', '12', '/var/log/docker.log'],
  };
  const directly: StartWay = {
    argv: ['sh', '-c', DIRECTLY, 'sh', LOG],
    waitSeconds: 60,
    log: ['tail', '-n', '12', LOG],
  };
  if (init === 'systemd') return [systemd];
  return init === 'sysv' ? [sysv, directly] : [directly];
}

/** Waits on the host until the engine answers; prints its version, or why it does not. */
const WAIT = `
left=$(($1 * 5))
until docker version --format '{{.Server.Version}}' 2>/dev/null; do
  left=$((left - 1))
  if [ "$left" -lt 0 ]; then
    docker version --format '{{.Server.Version}}'
    exit 1
  fi
  sleep 0.2
done
`;

export function waitForDockerArgv(seconds: number): readonly string[] {
  return ['sh', '-c', WAIT, 'sh', String(seconds)];
}

/**
 * Starts the engine where it does not answer yet: the package may have done it already.
 * @returns its version
 * @throws CrossflockError `command-failed` with the end of the engine's log
 */
export async function startDocker(
  host: Host,
  init: InitSystem,
  { signal, progress }: { signal: AbortSignal; progress: (message: string) => void },
): Promise<string> {
  const answers = async (seconds: number): Promise<string | undefined> => {
    const timeoutMs = (seconds + 60) * 1000;
    const result = await host.run(waitForDockerArgv(seconds), { signal, timeoutMs });
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  const already = await answers(2);
  if (already !== undefined) return already;
  let failure: CrossflockError | undefined;
  for (const way of startWays(init)) {
    progress(`starting docker: ${way.argv.slice(0, 3).join(' ')}`);
    const started = await host.run(way.argv, { signal, timeoutMs: 120_000 });
    const version = started.exitCode === 0 ? await answers(way.waitSeconds) : undefined;
    if (version !== undefined) return version;
    failure = await whyNot(host, way, { signal });
    if (started.exitCode !== 0 && (failedCommand(failure).said ?? []).length === 0) {
      failure = commandFailed(way.argv, started);
    }
  }
  throw failure ?? new CrossflockError('docker does not start', { code: 'command-failed' });
}

async function whyNot(
  host: Host,
  way: StartWay,
  { signal }: { signal: AbortSignal },
): Promise<CrossflockError> {
  const { stdout } = await host.run(way.log, { signal, timeoutMs: 30_000 });
  const hint = `look at its log on the host: ${way.log.join(' ')}`;
  return commandFailed(way.argv, { exitCode: 1, stdout: '', stderr: stdout }, hint);
}
