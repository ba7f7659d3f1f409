/** The launch queue, with why an app waits in Marathon's words. */
import type { QueueEntry, RejectReason, UnusedOffer } from '../../orchestrator.js';
import { optionally } from '../parse/objects.js';
import { type ApiContext, agentId } from '../server-options.js';
import { renderVersion } from './app.js';

/** The order in which an offer is tried (NoOfferMatchReason.reasonFunnel); each step sees what the former let pass. */
const FUNNEL: readonly RejectReason[] = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
];

interface RejectStep {
  readonly reason: RejectReason;
  readonly declined: number;
  readonly processed: number;
}

function rejectSteps(entry: QueueEntry): readonly RejectStep[] {
  const declined = (reason: RejectReason): number =>
    entry.rejections
      .filter((rejection) => rejection.reason === reason)
      .reduce((sum, rejection) => sum + rejection.declined, 0);
  let processed = entry.rejections.reduce((sum, rejection) => sum + rejection.declined, 0);
  return FUNNEL.map((reason) => {
    const step = { reason, declined: declined(reason), processed };
    processed -= step.declined;
    return step;
  });
}

/**
 * @param withLastUnused `embed=lastUnusedOffers`
 */
export function renderQueueEntry(
  entry: QueueEntry,
  withLastUnused: boolean,
  context: ApiContext,
): Readonly<Record<string, unknown>> {
  const steps = rejectSteps(entry);
  return {
    count: entry.count,
    role: entry.app.definition.role,
    delay: entry.delay,
    since: entry.since,
    processedOffersSummary: {
      processedOffersCount: entry.processedOffers,
      unusedOffersCount: entry.unusedOffers,
      ...optionally('lastUnusedOfferAt', entry.lastUnusedOffer?.timestamp),
      ...optionally('lastUsedOfferAt', entry.lastUsedAt),
      rejectSummaryLastOffers: steps,
      rejectSummaryLaunchAttempt: steps,
    },
    ...(withLastUnused && { lastUnusedOffers: renderUnusedOffers(entry, context) }),
    app: renderVersion(entry.app),
  };
}

/** One host makes one offer at a time, so there is one last one. */
function renderUnusedOffers(
  { lastUnusedOffer: unused, unusedOffers }: QueueEntry,
  { orchestrator, options }: ApiContext,
): readonly unknown[] {
  if (unused === undefined) return [];
  const offer = {
    // Mesos numbers offers within a framework's master.
    id: `${options.frameworkId ?? 'offer'}-O${unusedOffers}`,
    hostname: orchestrator.hostname,
    agentId: agentId(options) ?? orchestrator.hostname,
    resources: resourcesOf(unused),
    attributes: [],
  };
  return [{ offer, reason: [unused.reason], timestamp: unused.timestamp }];
}

/** Mesos leaves out of an offer what there is nothing of. */
function resourcesOf({ cpus, mem, disk, ports }: UnusedOffer): readonly unknown[] {
  const scalars = Object.entries({ cpus, mem, disk })
    .filter(([, scalar]) => scalar > 0)
    .map(([name, scalar]) => ({ name, role: '*', scalar }));
  return ports.length === 0 ? scalars : [...scalars, { name: 'ports', role: '*', ranges: ports }];
}
