/** The launch queue, with why an app waits in Marathon's words. */
import type { QueueEntry, RejectReason } from '../../orchestrator.js';
import { optionally } from '../parse/objects.js';
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

export function renderQueueEntry(
  entry: QueueEntry,
  withLastUnused: boolean,
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
      ...optionally('lastUnusedOfferAt', entry.lastUnusedAt),
      ...optionally('lastUsedOfferAt', entry.lastUsedAt),
      rejectSummaryLastOffers: steps,
      rejectSummaryLaunchAttempt: steps,
    },
    ...(withLastUnused && { lastUnusedOffers: [] }),
    app: renderVersion(entry.app),
  };
}
