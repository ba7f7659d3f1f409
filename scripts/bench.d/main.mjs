// Runs the benchmarks that are named as arguments, and prints what they find.
import { mkdir } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { benchContainers } from './containers.mjs';
import { benchNetwork } from './network.mjs';
import { benchPool } from './pool.mjs';
import { tidyWhenInterrupted, wasInterrupted } from './processes.mjs';
import { STATE } from './programs.mjs';
import { benchProvision } from './provision.mjs';
import { benchWorkflow } from './workflow.mjs';

const JOBS = Number(process.env.CROSSFLOCK_BENCH_JOBS ?? 10_000);

const benchmarks = {
  containers: benchContainers,
  pool: benchPool,
  provision: benchProvision,
  network: benchNetwork,
  workflow: () => benchWorkflow(JOBS),
};

tidyWhenInterrupted();
await mkdir(STATE, { recursive: true });
const [load] = loadavg();
console.log(
  `\n${cpus().length} CPUs (${cpus()[0].model.trim()}), node ${process.versions.node}, ` +
    `load ${load.toFixed(1)} before`,
);
try {
  for (const name of process.argv.slice(2)) await benchmarks[name]();
} catch (error) {
  // What it ended with says nothing then.
  if (!wasInterrupted()) throw error;
}
