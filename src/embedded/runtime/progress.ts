import type { Announcer } from './announce.js';
import type { AppBook } from './book.js';
import { planView } from './deployments.js';
import type { ActiveDeployment, DeploymentRecord, DeploymentTable } from './deployments.js';
import type { Store } from './store.js';

export interface ProgressParts {
  readonly deployments: DeploymentTable;
  readonly book: AppBook;
  readonly store: Store;
  readonly announcer: Announcer;
  /** Whether the app is as wanted. */
  readonly isSettled: (appId: string) => boolean;
  /** An app has gone for good. */
  readonly onGone: (appId: string) => void;
  readonly kick: () => void;
}

/** Begins deployments, moves them on step by step, ends and cancels them. */
export class DeploymentProgress {
  readonly #parts: ProgressParts;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** Takes a deployment up whose record is stored, for the first time or after a restart. */
  begin(record: DeploymentRecord): ActiveDeployment {
    const { book, deployments, announcer } = this.#parts;
    for (const id of record.remove) {
      announcer.checks(book.current(id), undefined);
      book.hide(id);
    }
    for (const version of record.put) {
      announcer.checks(book.current(version.definition.id), version);
      void book.put(version);
    }
    const deployment = deployments.add(record);
    announcer.step('deployment_info', planView(record), 0);
    return deployment;
  }

  /** Moves every deployment on as far as it can; true when any moved. */
  advance(): boolean {
    let moved = false;
    for (const deployment of this.#parts.deployments.all()) {
      if (this.#advanceOne(deployment)) moved = true;
    }
    return moved;
  }

  /** Takes a deployment off; what it had changed stays changed. */
  async cancel(deployment: ActiveDeployment, reason: string): Promise<void> {
    const { deployments, store, announcer } = this.#parts;
    const plan = planView(deployment.record);
    deployments.delete(plan.id);
    announcer.step('deployment_step_failure', plan, deployment.step);
    announcer.deploymentFailed(plan, reason);
    await this.#settleStore(deployment.record);
    await store.remove('deployment', plan.id);
  }

  #advanceOne(deployment: ActiveDeployment): boolean {
    const { announcer, isSettled } = this.#parts;
    const { record } = deployment;
    const step = record.steps[deployment.step];
    if (deployment.closing || step === undefined) return false;
    const done = step.actions.every(
      ({ action, app }) => action === 'StartApplication' || isSettled(app),
    );
    if (!done) return false;
    const plan = planView(record);
    for (const { action, app } of step.actions) {
      if (action === 'StopApplication') announcer.appTerminated(app);
    }
    announcer.step('deployment_step_success', plan, deployment.step);
    deployment.step++;
    if (deployment.step < record.steps.length) {
      announcer.step('deployment_info', plan, deployment.step);
      return true;
    }
    deployment.closing = true;
    void this.#finish(deployment);
    return true;
  }

  /** The versions are stored and the removed ones gone before the record of the deployment goes. */
  async #finish({ record }: ActiveDeployment): Promise<void> {
    const { deployments, store, announcer, kick } = this.#parts;
    await this.#settleStore(record);
    if (deployments.get(record.id) === undefined) return;
    await store.remove('deployment', record.id);
    deployments.delete(record.id);
    announcer.deploymentDone(planView(record));
    kick();
  }

  async #settleStore(record: DeploymentRecord): Promise<void> {
    const { book, onGone } = this.#parts;
    const gone = record.remove.filter((id) => book.isHidden(id));
    for (const id of gone) onGone(id);
    const current = record.put.filter(
      ({ definition, version }) => book.current(definition.id)?.version === version,
    );
    await Promise.all([...gone.map((id) => book.drop(id)), ...current.map((v) => book.put(v))]);
  }
}
