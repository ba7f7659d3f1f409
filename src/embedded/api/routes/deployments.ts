/** `/v2/deployments` and `/v2/queue`. */
import type { Deployment } from '../../orchestrator.js';
import { deploymentResult, withGroupEvents } from '../deploy.js';
import { notFound } from '../errors.js';
import { type Answer, type Call, flagOf, ok, type Route } from '../http.js';
import { ROOT, absolutePath } from '../parse/path-id.js';
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
  if (flagOf(call, 'force')) {
    await orchestrator.cancelDeployment(id, true);
    return { status: 202 };
  }
  // Taking it back is a write like any other.
  const revert = await withGroupEvents(call.context, ROOT, () =>
    orchestrator.cancelDeployment(id, false),
  );
  return revert === undefined ? { status: 202 } : deploymentResult(revert);
}

function showQueue(call: Call): Answer {
  const withLastUnused = call.query.getAll('embed').includes('lastUnusedOffers');
  const queue = call.context.orchestrator.queue();
  return ok({ queue: queue.map((entry) => renderQueueEntry(entry, withLastUnused, call.context)) });
}

function resetDelay(call: Call): Answer {
  const id = absolutePath(call.params[0] ?? '');
  if (!call.context.orchestrator.resetDelay(id)) {
    throw notFound(`Application ${id} not found in tasks queue.`);
  }
  return { status: 204 };
}
