/** `/v2/deployments` and `/v2/queue`. */
import { LockedError, type Deployment } from '../../orchestrator.js';
import { deploymentResult, locked } from '../deploy.js';
import { notFound } from '../errors.js';
import { type Answer, type Call, flagOf, ok, type Route } from '../http.js';
import { absolutePath } from '../parse/path-id.js';
import { renderQueueEntry } from '../render/queue.js';

export const deploymentRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/deployments$/, handle: listDeployments },
  { method: 'DELETE', path: /^\/v2\/deployments\/([^/]+)$/, handle: cancelDeployment },
  { method: 'GET', path: /^\/v2\/queue$/, handle: showQueue },
  { method: 'DELETE', path: /^\/v2\/queue\/(.+)\/delay$/, handle: resetDelay },
];

function listDeployments(call: Call): Answer {
  return ok(call.context.orchestrator.deployments().map(renderDeployment));
}

function renderDeployment(deployment: Deployment): Readonly<Record<string, unknown>> {
  const { id, version, affectedApps, steps, currentActions, currentStep } = deployment;
  return {
    id,
    version,
    affectedApps,
    affectedPods: [],
    steps,
    currentActions: currentActions.map((action) => ({ ...action, readinessCheckResults: [] })),
    currentStep,
    totalSteps: steps.length,
  };
}

async function cancelDeployment(call: Call): Promise<Answer> {
  const { orchestrator } = call.context;
  const id = call.params[0] ?? '';
  if (!orchestrator.deployments().some((deployment) => deployment.id === id)) {
    throw notFound(`DeploymentPlan ${id} does not exist`);
  }
  const force = flagOf(call, 'force');
  const revert = await cancel(call, id, force);
  return revert === undefined || force ? { status: 202 } : deploymentResult(revert);
}

async function cancel(call: Call, id: string, force: boolean): Promise<Deployment | undefined> {
  try {
    return await call.context.orchestrator.cancelDeployment(id, force);
  } catch (error) {
    throw error instanceof LockedError ? locked(error) : error;
  }
}

function showQueue(call: Call): Answer {
  const withLastUnused = call.query.getAll('embed').includes('lastUnusedOffers');
  const queue = call.context.orchestrator.queue();
  return ok({ queue: queue.map((entry) => renderQueueEntry(entry, withLastUnused)) });
}

function resetDelay(call: Call): Answer {
  const id = absolutePath(call.params[0] ?? '');
  if (!call.context.orchestrator.resetDelay(id)) {
    throw notFound(`Application ${id} not found in tasks queue.`);
  }
  return { status: 204 };
}
