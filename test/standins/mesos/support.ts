/** Builds and starts the stand-ins for tests. Nothing here is part of the product. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUILD = fileURLToPath(new URL('build.mjs', import.meta.url));

/** Images of the stand-ins; there after `buildStandIns`. */
export const STANDIN_IMAGES = {
  zookeeper: 'crossflock-standin/zookeeper:1',
  master: 'crossflock-standin/mesos-master:1',
  agent: 'crossflock-standin/mesos-slave:1',
  marathon: 'crossflock-standin/marathon:1',
} as const;

/**
 * Brings the images up to date in the local Docker Engine (a second when they are); the image
 * crossflock/marathon has to be there.
 * @param out folder for the bundles
 */
export async function buildStandIns(out?: string): Promise<void> {
  await run(process.execPath, [BUILD, ...(out === undefined ? [] : ['--out', out])]);
}

/** Only the programs, as one file each (`zookeeper.cjs`, `mesos-master.cjs`, …). */
export async function bundleStandIns(out: string): Promise<void> {
  await run(process.execPath, [BUILD, '--bundles', '--out', out]);
}

export interface Ended {
  readonly status: number | null;
  /** Standard output and error. */
  readonly text: string;
}

export interface Program {
  readonly bundle: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program with nothing in its environment but what is said. */
export function startProgram({ bundle, args = [], env = {} }: Program): ChildProcess {
  return spawn(process.execPath, [bundle, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a program to its end, which tests of refusals wait for. */
export async function runProgram(program: Program): Promise<Ended> {
  const child = startProgram(program);
  let text = '';
  const add = (data: Buffer): void => {
    text += data.toString('utf8');
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { status, text };
}
