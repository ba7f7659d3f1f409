import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';
import type { ChangeView } from '../ports/reporter.js';
import type { ClusterPlan, EmbeddedEngine } from '../plan/types.js';

/** Name of the image, as `scripts/demo` builds it. */
export const MARATHON_IMAGE = 'crossflock/marathon';
const SPEC_LABEL = 'crossflock.spec';

export interface MarathonContainer {
  readonly deployment: string;
  readonly clusterId: string;
  readonly engine: EmbeddedEngine;
  readonly auth?: ClusterPlan['auth'];
  /** See `VirtualNetwork.createSocket`. */
  readonly createSocket?: string;
}

export interface MarathonChange {
  readonly view: ChangeView;
  readonly commands: readonly (readonly string[])[];
  /** Environment of the commands: how credentials reach Docker without standing in argv. */
  readonly env: Readonly<Record<string, string>>;
}

export function marathonContainerName(deployment: string, clusterId: string): string {
  return `${deployment}-marathon-${clusterId}`;
}

/**
 * What a cluster's embedded Marathon shares with the tasks it starts: the value of the label
 * `crossflock.cluster`.
 */
export function clusterScope(deployment: string, clusterId: string): string {
  return `${deployment}.${clusterId}`;
}

/** The `docker run` that starts the server; the contract is written in `src/embedded/main.ts`. */
export function runMarathonArgv(wanted: MarathonContainer): string[] {
  const { createSocket, engine } = wanted;
  const { cpus, mem, disk } = engine.resources;
  const env: Record<string, string | number | undefined> = {
    CROSSFLOCK_SCOPE: clusterScope(wanted.deployment, wanted.clusterId),
    CROSSFLOCK_PORT: engine.port,
    CROSSFLOCK_CPUS: cpus,
    CROSSFLOCK_MEM: mem,
    CROSSFLOCK_DISK: disk,
    CROSSFLOCK_CREATE_SOCKET: createSocket,
  };
  const argv = ['docker', 'run', '--detach'];
  argv.push('--name', marathonContainerName(wanted.deployment, wanted.clusterId));
  argv.push('--label', `${SPEC_LABEL}=${specHash(wanted)}`);
  argv.push('--label', `crossflock.deployment=${wanted.deployment}`);
  // Host networking, so that it reaches every task by address for health checks; it binds to
  // loopback alone.
  argv.push('--network', 'host', '--restart', 'unless-stopped');
  argv.push('--volume', '/var/run/docker.sock:/var/run/docker.sock');
  if (createSocket !== undefined) {
    // The folder: the socket in it is another one whenever its server was started again.
    const folder = posix.dirname(createSocket);
    argv.push('--volume', `${folder}:${folder}`);
  }
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) argv.push('--env', `${name}=${value}`);
  }
  if (wanted.auth !== undefined) argv.push('--env', 'CROSSFLOCK_CREDENTIALS');
  return [...argv, MARATHON_IMAGE];
}

/** Changes whenever the container has to be made anew; the password only as part of the hash. */
function specHash(wanted: MarathonContainer): string {
  const { deployment, clusterId, engine, auth, createSocket } = wanted;
  const spec = [
    deployment,
    clusterId,
    engine,
    auth ?? null,
    ...(createSocket ? [createSocket] : []),
  ];
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
}

/** What `docker container inspect` says that matters here. */
export interface ContainerFacts {
  readonly running: boolean;
  readonly spec: string | undefined;
  readonly imageId: string;
}

/** Reads the answer of `docker container inspect NAME`; undefined when there is none. */
export function parseContainerFacts(json: string): ContainerFacts | undefined {
  const [first] = JSON.parse(json) as {
    Image: string;
    State: { Running: boolean };
    Config: { Labels: Record<string, string> | null };
  }[];
  if (first === undefined) return undefined;
  return {
    running: first.State.Running,
    spec: first.Config.Labels?.[SPEC_LABEL],
    imageId: first.Image,
  };
}

/** What to do about one embedded Marathon; undefined when it is as wanted. Pure. */
export function marathonChange(
  wanted: MarathonContainer,
  facts: ContainerFacts | undefined,
  imageId: string,
): MarathonChange | undefined {
  const name = marathonContainerName(wanted.deployment, wanted.clusterId);
  const { auth } = wanted;
  const env: Record<string, string> =
    auth === undefined ? {} : { CROSSFLOCK_CREDENTIALS: `${auth.username}:${auth.password}` };
  const change = (
    action: ChangeView['action'],
    detail: string,
    commands: readonly (readonly string[])[],
  ): MarathonChange => ({
    view: { action, kind: 'marathon', target: wanted.clusterId, detail },
    commands,
    env,
  });
  const run = runMarathonArgv(wanted);
  const where = `on 127.0.0.1:${wanted.engine.port}`;
  if (facts === undefined) return change('create', where, [run]);
  // All its state is in Docker labels, so replacing it loses nothing and stops no task.
  const replace = [['docker', 'container', 'rm', '--force', name], run];
  if (facts.spec !== specHash(wanted)) return change('update', 'settings differ', replace);
  if (facts.imageId !== imageId) return change('update', 'newer image', replace);
  if (!facts.running) return change('start', where, [['docker', 'container', 'start', name]]);
  return undefined;
}

/** Compares the embedded Marathon of a cluster with what is wanted. */
export async function checkMarathon(
  host: Host,
  wanted: MarathonContainer,
  signal: AbortSignal,
): Promise<MarathonChange | undefined> {
  const name = marathonContainerName(wanted.deployment, wanted.clusterId);
  const container = await host.run(['docker', 'container', 'inspect', name], { signal });
  const image = await host.run(['docker', 'image', 'inspect', '-f', '{{.Id}}', MARATHON_IMAGE], {
    signal,
  });
  if (image.exitCode !== 0) throw imageMissing(image.stderr);
  const facts = container.exitCode === 0 ? parseContainerFacts(container.stdout) : undefined;
  return marathonChange(wanted, facts, image.stdout.trim());
}

function imageMissing(stderr: string): CrossflockError {
  if (!/no such image/i.test(stderr)) {
    return new CrossflockError(`docker does not answer: ${firstLine(stderr)}`, {
      code: 'unreachable',
      hint: 'start docker engine, or run scripts/demo, which installs and starts it',
    });
  }
  return new CrossflockError(`the image ${MARATHON_IMAGE} is not on this machine`, {
    code: 'not-found',
    hint: 'scripts/demo builds it',
  });
}

export async function applyMarathon(
  host: Host,
  change: MarathonChange,
  signal: AbortSignal,
): Promise<void> {
  for (const argv of change.commands) {
    const result = await host.run(argv, { signal, env: change.env });
    if (result.exitCode !== 0) {
      throw new CrossflockError(
        `${change.view.target}: ${argv.slice(0, 3).join(' ')} failed: ${firstLine(result.stderr)}`,
        { code: 'command-failed', cause: result },
      );
    }
  }
}

/**
 * Calls `ping`; when that fails because the server ended, says what the server said last.
 * @param ping resolves when the server answers, rejects when it has not for long enough
 */
export async function untilMarathonAnswers(
  host: Host,
  name: string,
  ping: () => Promise<void>,
): Promise<void> {
  try {
    await ping();
  } catch (error) {
    const { code, message } = toCrossflockError(error);
    if (code === 'refused') throw portTaken(name, message, error);
    const { exitCode, stderr, stdout } = await host.run(['docker', 'logs', '--tail', '1', name]);
    const said = firstLine(stderr) || firstLine(stdout);
    if (said.includes('EADDRINUSE')) throw portTaken(name, message, error);
    if (exitCode !== 0 || said === '') throw error;
    throw new CrossflockError(`the embedded marathon ${name} does not answer: ${said}`, {
      code,
      cause: error,
      hint: `see docker logs ${name}`,
    });
  }
}

/** Somebody else answers, or listens, where the server should. */
function portTaken(name: string, message: string, cause: unknown): CrossflockError {
  return new CrossflockError(`another program has the port of ${name}: ${message}`, {
    code: 'refused',
    hint: 'stop that program ("ss -ltnp" names it), or write another "engine.port" for the cluster',
    cause,
  });
}

/** Takes the server away; its tasks are not touched. One that is not there is fine. */
export async function removeMarathon(
  host: Host,
  deployment: string,
  clusterId: string,
): Promise<void> {
  const name = marathonContainerName(deployment, clusterId);
  const result = await host.run(['docker', 'container', 'rm', '--force', name]);
  if (result.exitCode !== 0 && !/no such container/i.test(result.stderr)) {
    throw new CrossflockError(`${name} could not be removed: ${firstLine(result.stderr)}`, {
      code: 'command-failed',
    });
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
