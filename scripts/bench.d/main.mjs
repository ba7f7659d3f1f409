// Runs the benchmarks that are named as arguments, and prints what they find.
import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { benchContainers } from './containers.mjs';
import { benchPool } from './pool.mjs';
import { STATE } from './programs.mjs';

const benchmarks = { containers: benchContainers, pool: benchPool };

await mkdir(STATE, { recursive: true });
console.log(`\n${cpus().length} CPUs (${cpus()[0].model.trim()}), node ${process.versions.node}`);
for (const name of process.argv.slice(2)) await benchmarks[name]();
