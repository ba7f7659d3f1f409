/** Between an agent and the executors of its tasks. */
import type { TaskStatus } from '../common/mesos.js';

export type ExecutorSays =
  | { readonly type: 'hello'; readonly containerId: string }
  | { readonly type: 'status'; readonly status: TaskStatus };

export type AgentTellsExecutor =
  | { readonly type: 'registered' }
  | { readonly type: 'ack'; readonly uuid: string }
  | { readonly type: 'kill' }
  /** Ends the task at once: the agent goes for good. */
  | { readonly type: 'shutdown' };

/** In the executor's environment. */
export const EXECUTOR_ENV = {
  run: 'STANDIN_RUN_FILE',
  sandbox: 'MESOS_SANDBOX',
  agent: 'MESOS_SLAVE_PID',
  docker: 'STANDIN_DOCKER',
  socket: 'STANDIN_DOCKER_SOCKET',
  recoveryMs: 'STANDIN_RECOVERY_MS',
} as const;
