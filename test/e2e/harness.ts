import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ReportEvent } from '../../src/ports/reporter.js';

/** The root of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The pools' keys of a test run; a user's own state is none of its business. */
export const STATE_HOME = mkdtempSync(join(tmpdir(), 'crossflock-e2e-state-'));

export interface Ended {
  readonly exitCode: number | null;
  readonly events: readonly ReportEvent[];
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** Resolves with the first event that `wanted` accepts; rejects when the program ends before. */
  event(wanted: (event: ReportEvent) => boolean): Promise<ReportEvent>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

type Program = 'crossflock' | 'create-containers' | 'run-kinc';

/**
 * Starts one of the programs with `--json`, as a person would start it, and listens to it.
 * @param stateHome that of another machine, which knows nothing but the configuration
 */
export function start(
  program: Program,
  args: readonly string[],
  stateHome: string = STATE_HOME,
): Running {
  const child = spawn(process.execPath, [join(ROOT, 'bin', `${program}.js`), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: stateHome },
  });
  const events: ReportEvent[] = [];
  const waiting = new Set<(event: ReportEvent) => void>();
  let stdout = '';
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    const event = JSON.parse(line) as ReportEvent;
    events.push(event);
    for (const listener of waiting) listener(event);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, events, stdout, stderr });
    });
  });
  return {
    ended,
    signal: (name) => child.kill(name),
    event: (wanted) => firstEvent(wanted, { events, waiting, ended }),
  };
}

async function firstEvent(
  wanted: (event: ReportEvent) => boolean,
  from: {
    events: readonly ReportEvent[];
    waiting: Set<(event: ReportEvent) => void>;
    ended: Promise<Ended>;
  },
): Promise<ReportEvent> {
  const past = from.events.find(wanted);
  if (past !== undefined) return past;
  return new Promise((resolve, reject) => {
    const listener = (event: ReportEvent): void => {
      if (!wanted(event)) return;
      from.waiting.delete(listener);
      resolve(event);
    };
    from.waiting.add(listener);
    void from.ended.then(({ exitCode, stdout, stderr }) => {
      reject(
        new Error(`ended with ${exitCode ?? 'a signal'} before the event\n${stdout}${stderr}`),
      );
    });
  });
}

/** Runs one of the programs to its end. */
export function run(
  program: Program,
  args: readonly string[],
  stateHome: string = STATE_HOME,
): Promise<Ended> {
  return start(program, args, stateHome).ended;
}

/** Runs a command and answers its standard output; throws with its standard error. */
export async function output(argv: readonly string[]): Promise<string> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (exitCode === 0) return stdout;
  throw new Error(`${argv.join(' ')} ended with ${exitCode ?? 'a signal'}\n${stdout}\n${stderr}`);
}

export function eventsOf<T extends ReportEvent['type']>(
  { events }: Ended,
  type: T,
): Extract<ReportEvent, { type: T }>[] {
  return events.filter((e): e is Extract<ReportEvent, { type: T }> => e.type === type);
}

/** The last event of a program, with everything it printed where there is none. */
export function summaryOf(ended: Ended): Extract<ReportEvent, { type: 'summary' }> {
  const last = eventsOf(ended, 'summary').at(-1);
  if (last === undefined) throw new Error(`no summary\n${ended.stdout}\n${ended.stderr}`);
  return last;
}

/** Container id and start of each task of a deployment: what must not change in a second run. */
export async function containersOf(deployment: string): Promise<readonly string[]> {
  const ids = await output([
    ...['docker', 'ps', '--quiet', '--no-trunc'],
    ...['--filter', `label=crossflock.deployment=${deployment}`],
  ]);
  const list = ids.split('\n').filter((id) => id !== '');
  if (list.length === 0) return [];
  const format = '{{.Name}} {{.Id}} {{.State.StartedAt}}';
  const lines = await output(['docker', 'container', 'inspect', '-f', format, ...list]);
  return lines.trim().split('\n').sort();
}

/** Id of the running container of one app of a deployment. */
export async function containerOf(deployment: string, container: string): Promise<string> {
  const ids = await output([
    ...['docker', 'ps', '--quiet'],
    ...['--filter', `label=crossflock.deployment=${deployment}`],
    ...['--filter', `label=crossflock.container=${container}`],
  ]);
  return ids.trim();
}

/** A variant of the demo's configuration in a folder of its own; answers the file's path. */
export async function configLike(change: (config: DemoConfig) => void): Promise<string> {
  const text = await readFile(join(ROOT, 'configs/local.json'), 'utf8');
  const config = JSON.parse(text) as DemoConfig;
  delete config.$schema;
  config.workflow.gem = join(ROOT, 'data/golub-gem.txt.gz');
  change(config);
  const file = join(await mkdtemp(join(tmpdir(), 'crossflock-e2e-')), 'config.json');
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Where a pool beside the demo's lives: its name, the first of its ports, its network's prefix. */
export interface Elsewhere {
  readonly name: string;
  readonly port: number;
  /** The first three numbers of its addresses, such as `172.28.77`. */
  readonly prefix: string;
}

/** Makes the demo's configuration one of another name, on other ports and addresses. */
export function moveTo({ name, port, prefix }: Elsewhere): (config: DemoConfig) => void {
  return (config) => {
    config.name = name;
    const resources = { cpus: 6, mem: 8192, disk: 100_000 };
    config.clusters.forEach((cluster, index) => {
      cluster.engine = { type: 'embedded', port: port + index, resources };
    });
    config.network.cidr = `${prefix}.0/24`;
    config.network.containers.forEach((entry, index) => {
      entry.ip_addr = `${prefix}.${index + 1}`;
    });
  };
}

export interface DemoConfig {
  $schema?: string;
  name?: string;
  clusters: { id: string; engine?: unknown; marathon_uri?: string }[];
  containers: {
    id: string;
    cluster: string;
    image: string;
    n_cpus: number;
    mem: number;
    disk?: number;
    args?: string[];
    health_checks?: unknown[];
  }[];
  network: { cidr: string; containers: { id: string; ip_addr: string }[] };
  workflow: { gem: string };
}
