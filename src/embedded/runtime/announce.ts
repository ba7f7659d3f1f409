import type { AppVersion, DeploymentAction, HealthCheck, TaskState } from '../orchestrator.js';
import type { EventBus, RuntimeOptions } from './context.js';
import { frameworkId } from './ids.js';
import type { TaskRecord } from './tasks.js';

/** What Marathon's deployment events call `plan`. */
export interface PlanView {
  readonly id: string;
  readonly version: string;
  readonly steps: readonly { readonly actions: readonly DeploymentAction[] }[];
}

/** Says what happens to tasks and deployments, in the words of Marathon's event bus. */
export class Announcer {
  readonly #bus: EventBus;
  readonly #host: string;
  readonly #agent: string;

  constructor(bus: EventBus, options: RuntimeOptions) {
    this.#bus = bus;
    this.#host = options.hostname;
    this.#agent = `${frameworkId(options.scope)}-S0`;
  }

  /** A task has come to a state, its last one perhaps. */
  task(task: TaskRecord, state: TaskState, message = ''): void {
    this.#bus.emit('status_update_event', {
      slaveId: this.#agent,
      taskId: task.id,
      taskStatus: state,
      message,
      appId: task.appId,
      host: this.#host,
      ipAddresses: task.ipAddresses.map((ipAddress) => ({ ipAddress, protocol: 'IPv4' })),
      ports: task.ports,
      version: task.version,
    });
    this.#bus.emit('instance_changed_event', {
      instanceId: task.instanceId,
      condition: conditionOf(state),
      runSpecId: task.appId,
      agentId: this.#agent,
      host: this.#host,
      runSpecVersion: task.version,
    });
  }

  health(task: TaskRecord, alive: boolean): void {
    this.#bus.emit('health_status_changed_event', {
      appId: task.appId,
      instanceId: task.instanceId,
      version: task.version,
      alive,
    });
    this.#bus.emit('instance_health_changed_event', {
      instanceId: task.instanceId,
      runSpecId: task.appId,
      healthy: alive,
      runSpecVersion: task.version,
    });
  }

  failedCheck(task: TaskRecord, healthCheck: HealthCheck): void {
    const { appId, instanceId } = task;
    // Marathon writes the instance's id here, whatever the name says.
    this.#bus.emit('failed_health_check_event', { appId, healthCheck, taskId: instanceId });
  }

  unhealthyKill(task: TaskRecord, reason: string): void {
    this.#bus.emit('unhealthy_instance_kill_event', {
      appId: task.appId,
      taskId: task.id,
      instanceId: task.instanceId,
      version: task.version,
      reason,
      host: this.#host,
      slaveId: this.#agent,
    });
  }

  /** Health checks of apps that a deployment brings, changes or takes away. */
  checks(before: AppVersion | undefined, after: AppVersion | undefined): void {
    const had = before?.definition.healthChecks ?? [];
    const has = after?.definition.healthChecks ?? [];
    if (JSON.stringify(had) === JSON.stringify(has)) return;
    if (had.length > 0) {
      this.#bus.emit('remove_health_check_event', { appId: before?.definition.id });
    }
    for (const healthCheck of has) {
      this.#bus.emit('add_health_check_event', {
        appId: after?.definition.id,
        healthCheck,
        version: after?.version,
      });
    }
  }

  appTerminated(appId: string): void {
    this.#bus.emit('app_terminated_event', { appId });
  }

  step(
    eventType: 'deployment_info' | 'deployment_step_success' | 'deployment_step_failure',
    plan: PlanView,
    step: number,
  ): void {
    this.#bus.emit(eventType, { plan, currentStep: plan.steps[step] ?? { actions: [] } });
  }

  deploymentDone(plan: PlanView): void {
    this.#bus.emit('deployment_success', { id: plan.id, plan });
  }

  deploymentFailed(plan: PlanView, reason: string): void {
    this.#bus.emit('deployment_failed', { id: plan.id, plan, reason });
  }
}

/** `TASK_RUNNING` is the condition `Running`. */
function conditionOf(state: TaskState): string {
  const word = state.slice('TASK_'.length).toLowerCase();
  return word.charAt(0).toUpperCase() + word.slice(1);
}
