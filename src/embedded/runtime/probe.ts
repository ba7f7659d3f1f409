import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { AppDefinition, HealthCheck } from '../orchestrator.js';
import type { ContainerEngine } from './engine.js';
import type { ProbeOutcome } from './health.js';
import { usesHostNetwork } from './ports.js';
import type { TaskRecord } from './tasks.js';

/** Looks at a task once; answers within the check's timeout and never rejects. */
export type Probe = (
  check: HealthCheck,
  app: AppDefinition,
  task: TaskRecord,
) => Promise<ProbeOutcome>;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function createProbe(engine: ContainerEngine): Probe {
  return async (check, app, task) => {
    const timeoutMs = Math.max(1, check.timeoutSeconds) * 1000;
    try {
      if (check.protocol === 'COMMAND') return await probeCommand(engine, check, task, timeoutMs);
      const address = probeAddress(check, app, task);
      if (address === undefined) return { alive: false, cause: 'the task has no such port' };
      if (check.protocol.endsWith('TCP')) return await probeTcp(address, timeoutMs);
      return await probeHttp(check, address, timeoutMs);
    } catch (thrown) {
      return { alive: false, cause: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };
}

/**
 * Where a check goes: the container's own address and port, which this host always reaches, so that
 * no port needs to be published for it; loopback for tasks on the host's network.
 */
function probeAddress(
  check: HealthCheck,
  app: AppDefinition,
  task: TaskRecord,
): Address | undefined {
  const index = check.portIndex ?? 0;
  if (usesHostNetwork(app) && task.ipAddresses.length === 0) {
    const port = check.port ?? task.ports[index];
    return port === undefined ? undefined : { host: '127.0.0.1', port };
  }
  const [host] = task.ipAddresses;
  const port = check.port ?? insidePort(app, task, index);
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Container port 0 means: the same as the host port. */
function insidePort(app: AppDefinition, task: TaskRecord, index: number): number | undefined {
  const inside = app.container?.portMappings?.[index]?.containerPort;
  return inside === 0 ? task.ports[index] : inside;
}

async function probeCommand(
  engine: ContainerEngine,
  check: HealthCheck,
  task: TaskRecord,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  if (task.containerId === undefined) return { alive: false, cause: 'the task has no container' };
  const command = check.command?.value ?? 'false';
  const result = await engine.exec(task.containerId, ['/bin/sh', '-c', command], timeoutMs);
  if (result.exitCode === 0) return { alive: true };
  if (result.exitCode === undefined) {
    return { alive: false, cause: `Command has not returned after ${check.timeoutSeconds} s` };
  }
  const output = result.output.trim().slice(-200);
  const end = output === '' ? '' : `: ${output}`;
  return { alive: false, cause: `Command returned exit status ${result.exitCode}${end}` };
}

function probeTcp({ host, port }: Address, timeoutMs: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const done = (outcome: ProbeOutcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => {
      done({ alive: true });
    });
    socket.once('timeout', () => {
      done({ alive: false, cause: `no connection to ${host}:${port} in ${timeoutMs / 1000} s` });
    });
    socket.once('error', (error) => {
      done({ alive: false, cause: error.message });
    });
  });
}

/** 200 to 399 is healthy. A certificate is not checked, as Marathon does not. */
function probeHttp(
  check: HealthCheck,
  { host, port }: Address,
  timeoutMs: number,
): Promise<ProbeOutcome> {
  const secure = check.protocol.endsWith('HTTPS');
  const request = secure ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const call = request(
      { host, port, path: check.path ?? '/', signal, agent: false, rejectUnauthorized: false },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        const alive = status >= 200 && status < 400;
        resolve(alive ? { alive } : { alive, cause: `HTTP status ${status} of ${host}:${port}` });
      },
    );
    call.once('error', (error) => {
      const late = signal.aborted ? `no answer of ${host}:${port} in ${timeoutMs / 1000} s` : '';
      resolve({ alive: false, cause: late === '' ? error.message : late });
    });
    call.end();
  });
}
