// Processes of the benchmarks: they are started here, ended when somebody interrupts, and
// what they cost of the CPUs is read from /proc.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Ticks of a CPU in a second in /proc, on every Linux: USER_HZ, see proc(5). */
const TICKS = 100;

const running = new Set();
let interrupted = false;

/**
 * An interrupt ends what runs, so that the benchmark fails there and then, and tidies up. What
 * is started for that is not interrupted a second time: it is in no terminal's foreground.
 */
export function tidyWhenInterrupted() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      process.exitCode = 130;
      console.error('\ninterrupted: removing what the benchmark made');
      for (const { pid } of running) end(pid);
    });
  }
}

/** Throws when somebody interrupted: called wherever a new measurement begins. */
export function goOn() {
  if (interrupted) throw new Error('interrupted');
}

export const wasInterrupted = () => interrupted;

/**
 * A process group of its own: an interrupt at the terminal is for the benchmark to pass on.
 * @param lasting not to be ended by it: whoever starts that one ends it
 */
export function start(argv, { env = {}, stdio = 'pipe', lasting = false } = {}) {
  const [file, ...args] = argv;
  const child = spawn(file, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio,
    detached: true,
  });
  if (child.pid !== undefined && !lasting) running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Runs a command to its end and answers its standard output; throws with what it printed. */
export async function output(argv, { env = {}, input = '' } = {}) {
  const child = start(argv, { env });
  let stdout = '';
  let both = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    both += chunk;
  });
  child.stderr.on('data', (chunk) => (both += chunk));
  // One that ends before it has read everything says so with its exit status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (status !== 0) throw new Error(`${brief(argv)} ended with ${status}:\n${both}`);
  return stdout;
}

/** A program that stands in an argument is left out. */
function brief(argv) {
  return argv.map((word) => (word.includes('\n') ? '…' : word)).join(' ');
}

/** Ends a process and those that it started; one that is gone is fine. */
export function end(pid, signal = 'SIGTERM') {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Seconds of CPU that this process's children took, with theirs, once they have ended. */
export const cpuOfChildren = () => {
  const { ended } = cpuFields('self');
  return ended;
};

/** Seconds of CPU that a process took, and those that it has started and that have ended. */
export const cpuOf = (pid) => cpuFields(pid).cpu;

/**
 * Of /proc/PID/stat (proc(5)): who started it, when (ticks since the boot), seconds of CPU of what
 * it started and has ended, and with its own. Throws `ENOENT` or `ESRCH` where it is gone.
 */
export function cpuFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name, in parentheses, may hold blanks; what follows begins with field 3.
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number) => Number(rest[number - 3]);
  const ended = (field(16) + field(17)) / TICKS;
  const own = (field(14) + field(15)) / TICKS;
  return { parent: field(4), startedAt: field(22), ended, cpu: own + ended };
}
