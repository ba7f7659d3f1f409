import type { AppVersion, Deployment, DeploymentAction } from '../orchestrator.js';
import type { PlanView } from './announce.js';
import type { Goal } from './decide.js';

/** A deployment as it is stored: enough to go on with it after a crash, or to take it back. */
export interface DeploymentRecord extends PlanView {
  /** Versions that it writes. Stored here first, so that one record commits all of it. */
  readonly put: readonly AppVersion[];
  readonly remove: readonly string[];
  /** The version of each affected app before; null for an app that was not there. */
  readonly original: Readonly<Record<string, string | null>>;
}

export interface ActiveDeployment {
  readonly record: DeploymentRecord;
  /** 0-based; equal to the number of steps when all are done. */
  step: number;
  /** Its ending is being stored. */
  closing: boolean;
}

/** Where an app stands in a deployment. */
export type AppPhase = 'before' | 'reached';

export function affectedApps(record: DeploymentRecord): readonly string[] {
  return [...new Set(record.steps.flatMap(({ actions }) => actions.map(({ app }) => app)))];
}

/** Whether the deployment has come to the action that changes the app's tasks. */
export function phaseOf(deployment: ActiveDeployment, appId: string): AppPhase {
  const index = deployment.record.steps.findIndex(({ actions }) =>
    actions.some(({ app, action }) => app === appId && action !== 'StartApplication'),
  );
  return index >= 0 && deployment.step < index ? 'before' : 'reached';
}

/** What an app version wants of its tasks. */
export function goalOf({ definition, lastConfigChangeAt }: AppVersion): Goal {
  return {
    instances: definition.instances,
    configVersion: lastConfigChangeAt,
    minimumHealthCapacity: definition.upgradeStrategy.minimumHealthCapacity,
    maximumOverCapacity: definition.upgradeStrategy.maximumOverCapacity,
    killSelection: definition.killSelection,
  };
}

export function planView({ id, version, steps }: DeploymentRecord): PlanView {
  return { id, version, steps };
}

/** The deployment as the API shows it. */
export function showDeployment({ record, step }: ActiveDeployment): Deployment {
  const current = Math.min(step, Math.max(0, record.steps.length - 1));
  const currentActions: readonly DeploymentAction[] = record.steps[current]?.actions ?? [];
  return {
    id: record.id,
    version: record.version,
    affectedApps: affectedApps(record),
    steps: record.steps,
    currentActions,
    currentStep: current + 1,
  };
}

/** The deployments under way, in the order of their versions. */
export class DeploymentTable {
  readonly #active = new Map<string, ActiveDeployment>();

  add(record: DeploymentRecord): ActiveDeployment {
    const deployment: ActiveDeployment = { record, step: 0, closing: false };
    this.#active.set(record.id, deployment);
    return deployment;
  }

  get(id: string): ActiveDeployment | undefined {
    return this.#active.get(id);
  }

  delete(id: string): void {
    this.#active.delete(id);
  }

  all(): readonly ActiveDeployment[] {
    return [...this.#active.values()];
  }

  /** Those that touch any of the apps. */
  touching(appIds: readonly string[]): readonly ActiveDeployment[] {
    const wanted = new Set(appIds);
    return this.all().filter(({ record }) => affectedApps(record).some((id) => wanted.has(id)));
  }
}
