// Running the project and Docker, and small arithmetic, for the benchmarks.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { goOn, output, ROOT } from './processes.mjs';

export { output, ROOT };
/** Where configurations and measurements of the benchmarks go. */
export const STATE = join(ROOT, '.crossflock/bench');

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
  goOn();
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
