import { randomBytes } from 'node:crypto';

import { execa } from 'execa';

import type { CalibrationRequest } from '../../../src/ports/workflow-pool.js';
import { calibrationJobs, readCalibrations } from '../../../src/workflow/calibration-job.js';
import * as commands from '../../../src/workflow/commands.js';
import { HEALTH_CHECK, untilHealthy } from './healthy.js';

/** A submitter and two executors in a Docker network of their own, on the real images. */
export const ADDRESS = {
  submitter: '172.30.7.1',
  runner1: '172.30.7.2',
  runner2: '172.30.7.3',
} as const;
const CIDR = '172.30.7.0/24';
const NETWORK = 'cft-images-it';
const STATE = 'cft-images-it-state';
const SUBMIT = '/home/condor_pool/OSG-KINC/submit';

export type Member = keyof typeof ADDRESS;

const KEY = randomBytes(36).toString('base64');

/** An event as `crossflock-events` prints it, as far as the tests look at it. */
export interface JobEvent {
  readonly MyType: string;
  readonly Node?: string;
  readonly Log: 'nodes' | 'dagman';
  readonly SlotName?: string;
  readonly ReturnValue?: number;
}

export async function docker(...argv: string[]): Promise<string> {
  return (await execa('docker', argv)).stdout;
}

export function containerOf(member: Member): string {
  return `${NETWORK}-${member}`;
}

export function createPoolNetwork(): Promise<string> {
  return docker(...['network', 'create', '--subnet', CIDR, '--gateway', '172.30.7.254'], NETWORK);
}

/** A container in the pool's network. */
export interface NewContainer {
  readonly name: string;
  readonly ip: string;
  /** The pool's signing key; it reaches Docker's client by the environment, not in its arguments. */
  readonly key?: string;
  readonly env: readonly string[];
}

/** Starts a container and waits until it is a healthy member of its pool. */
export async function startContainer(
  { name, ip, key = KEY, env }: NewContainer,
  ...imageAndMore: string[]
): Promise<void> {
  const variables = [`SCIDAS_APP_NETWORK=${CIDR}`, 'CROSSFLOCK_POOL_KEY', ...env];
  const run = await execa(
    'docker',
    [
      ...['run', '-d', '--name', name, '--network', NETWORK, '--ip', ip, ...HEALTH_CHECK],
      ...variables.flatMap((variable) => ['-e', variable]),
      ...imageAndMore,
    ],
    { env: { CROSSFLOCK_POOL_KEY: key } },
  );
  await untilHealthy(run.stdout);
}

export async function startSubmitter(): Promise<void> {
  const env = ['CROSSFLOCK_NAME=submitter'];
  await startContainer(
    { name: containerOf('submitter'), ip: ADDRESS.submitter, env },
    ...['-v', `${STATE}:/var/lib/crossflock`],
    'crossflock/submitter',
  );
}

/** Runs the command that shows and changes the submitter's list of pools. */
export async function flock(...argv: string[]): Promise<Record<string, unknown>> {
  const text = await docker('exec', containerOf('submitter'), 'crossflock-flock', ...argv);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Measures executors as the controller does. */
export async function calibrate(
  request: CalibrationRequest,
): Promise<ReturnType<typeof readCalibrations>> {
  const argv = commands.calibrate(request.stagedGem, request.deadlineSeconds);
  const exec = ['exec', '-i', '-u', 'condor_pool', containerOf('submitter')];
  const { stdout } = await execa('docker', [...exec, ...argv], { input: calibrationJobs(request) });
  return readCalibrations(stdout);
}

export async function startExecutor(member: 'runner1' | 'runner2'): Promise<void> {
  const env = [`CROSSFLOCK_NAME=${member}`, 'SCIDAS_RESC_CPUS=4', 'SCIDAS_RESC_MEM=4096'];
  await startContainer(
    { name: containerOf(member), ip: ADDRESS[member], env },
    'crossflock/executor',
  );
}

export async function removeContainer(name: string): Promise<void> {
  await execa('docker', ['rm', '--force', '--volumes', name], { reject: false });
}

export async function removePool(): Promise<void> {
  await Promise.all((Object.keys(ADDRESS) as Member[]).map(containerOf).map(removeContainer));
  await execa('docker', ['network', 'rm', NETWORK], { reject: false });
  await execa('docker', ['volume', 'rm', STATE], { reject: false });
}

export function asPoolUser(...argv: string[]): Promise<string> {
  return docker('exec', '--user', 'condor_pool', containerOf('submitter'), ...argv);
}

export function submit(runId: string, ...argv: string[]): Promise<string> {
  return asPoolUser(SUBMIT, ...argv, '--run-id', runId, '--threshold', '0.8', '--json');
}

/** Reads the run's events as they come, until `enough` says so or the run has ended. */
export async function follow(
  runId: string,
  enough: (event: JobEvent) => boolean = () => false,
): Promise<readonly JobEvent[]> {
  const events: JobEvent[] = [];
  const command = ['timeout', '150', 'crossflock-events', runId, '--follow'];
  const process = execa(
    'docker',
    ['exec', '--user', 'condor_pool', containerOf('submitter'), ...command],
    { reject: false },
  );
  for await (const line of process) {
    const event = JSON.parse(line) as JobEvent;
    events.push(event);
    if (enough(event)) {
      process.kill();
      break;
    }
  }
  return events;
}

export async function readResult(runId: string, name: string): Promise<Record<string, unknown>> {
  const text = await asPoolUser('cat', `/var/lib/crossflock/runs/${runId}/results/${name}`);
  return JSON.parse(text) as Record<string, unknown>;
}
