import { CrossflockError } from '../../errors/crossflock-error.js';
import type { Host, RunOptions } from '../../ports/host.js';
import type { MesosChange, MesosStep } from './change.js';
import { compileMesos } from './compile.js';
import { secretPath, type MesosSecrets } from './secrets.js';
import { manifestText } from './todo.js';
import type { WantedMesosHost } from './types.js';
import { UNPACK_SCRIPT } from './unpack-script.js';

/** Unpacking an image of some hundred MB on a slow disk. */
const STEP_MS = 600_000;

export interface MesosWork {
  readonly wanted: WantedMesosHost;
  /** Reads the cluster's secrets, or makes them. */
  readonly secrets: () => Promise<MesosSecrets>;
  readonly signal: AbortSignal;
  /** Told what is going on, where that takes long. */
  readonly progress?: (message: string) => void;
}

/**
 * Makes one change on a host.
 * @param host everything on it as root
 */
export async function applyMesosChange(
  host: Host,
  { steps }: MesosChange,
  work: MesosWork,
): Promise<void> {
  for (const step of steps) {
    work.signal.throwIfAborted();
    await applyStep(host, step, work);
  }
}

async function applyStep(host: Host, step: MesosStep, work: MesosWork): Promise<void> {
  const { wanted, signal } = work;
  switch (step.do) {
    case 'folders':
      for (const { path, mode } of step.folders) {
        await must(host, ['install', '-d', '-m', mode.toString(8), path], { signal });
      }
      return;
    case 'files': {
      const secrets = await work.secrets();
      for (const { path, mode, content } of step.files) {
        await host.put(content(secrets), path, mode, { signal });
      }
      await host.put(manifestText(wanted, secrets), wanted.paths.manifest, 0o600, { signal });
      return;
    }
    case 'secrets': {
      const secrets = await work.secrets();
      for (const name of step.names) {
        await host.put(secrets[name], secretPath(wanted.paths, name), 0o600, { signal });
      }
      return;
    }
    case 'unpack':
      await must(host, ['sh', '-c', UNPACK_SCRIPT], { signal, env: step.env });
      return;
    case 'compile':
      await compileMesos(host, wanted, { signal, progress: work.progress ?? (() => undefined) });
      return;
    case 'run':
      await must(host, step.argv, { signal });
      return;
    case 'remove':
      await must(host, ['rm', '-rf', ...step.paths], { signal });
  }
}

async function must(host: Host, argv: readonly string[], options: RunOptions): Promise<void> {
  const result = await host.run(argv, { ...options, timeoutMs: STEP_MS });
  if (result.exitCode === 0) return;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1) ?? '';
  const what = nameOf(argv);
  throw new CrossflockError(`${what} failed: ${said}`, { code: 'command-failed', cause: result });
}

function nameOf(argv: readonly string[]): string {
  if (argv[0] !== 'sh') return argv.slice(0, 3).join(' ');
  return argv[2] === UNPACK_SCRIPT ? 'unpacking an image' : `ending ${argv.at(-1) ?? 'a service'}`;
}
