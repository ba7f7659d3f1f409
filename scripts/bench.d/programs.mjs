// Starting programs, and small arithmetic, for the benchmarks.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where configurations and measurements of the benchmarks go. */
export const STATE = join(ROOT, '.crossflock/bench');

/** Runs a command to its end and answers its standard output; throws with what it printed. */
export async function output(argv, { env = {}, input = '' } = {}) {
  const [file, ...args] = argv;
  const child = spawn(file, args, { cwd: ROOT, env: { ...process.env, ...env } });
  let stdout = '';
  let both = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    both += chunk;
  });
  child.stderr.on('data', (chunk) => (both += chunk));
  child.stdin.end(input);
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}:\n${both}`);
  return stdout;
}

export const docker = (...args) => output(['docker', ...args]);

/** Runs the project's program; answers its peak memory in bytes. */
export async function crossflock(...args) {
  const file = join(STATE, 'peak-memory');
  const probe = new URL('peak-memory.mjs', import.meta.url).href;
  await output(['node', '--import', probe, 'bin/crossflock.js', ...args], {
    env: { CROSSFLOCK_BENCH_MEMORY: file },
  });
  return Number(await readFile(file, 'utf8'));
}

/** Writes a configuration of a benchmark; answers its path. */
export async function writeConfig(config) {
  const path = join(STATE, `${config.name}.json`);
  await writeFile(path, JSON.stringify(config, undefined, 2));
  return path;
}

/** Seconds that `work` took. */
export async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const seconds = (value) => `${value.toFixed(2)} s`;
export const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

/** One line of the result. */
export const print = (label, text) => console.log(`  ${label.padEnd(44)} ${text}`);
