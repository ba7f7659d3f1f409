import type { AppDefinition, RejectReason, UnusedOffer } from '../orchestrator.js';
import { constraintsHold } from './constraints.js';
import { assignHostPorts, freeRanges } from './ports.js';
import type { PortRange } from './ports.js';
import type { TaskPort } from './task-env.js';

/** What this cluster offers to its tasks altogether. */
export interface OfferedResources {
  readonly cpus: number;
  /** MB */
  readonly mem: number;
  /** MB */
  readonly disk: number;
  readonly ports: PortRange;
}

/** What a task holds until it has ended. */
export interface HeldResources {
  readonly appId: string;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly ports: readonly number[];
}

export interface OfferContext {
  readonly hostname: string;
  readonly total: OfferedResources;
  readonly held: readonly HeldResources[];
  /** 0 to 1, for where to begin among the free ports. */
  readonly random: () => number;
}

export type OfferMatch =
  | { readonly ports: readonly TaskPort[] }
  | { readonly rejected: RejectReason; readonly detail: string };

/** Sums of decimal fractions are compared with this much play. */
const EPSILON = 1e-9;

/**
 * Whether one more task of the app fits, and on which host ports. The reason is the first in
 * Marathon's own order (role, constraint, cpus, memory, disk, gpus, ports).
 */
export function matchOffer(app: AppDefinition, context: OfferContext): OfferMatch {
  const { total, held, hostname } = context;
  if (!acceptsRole(app)) return reject('UnfulfilledRole', 'this host offers the role * alone');
  const tasksHere = held.filter(({ appId }) => appId === app.id).length;
  if (!constraintsHold(app.constraints ?? [], { hostname, tasksHere })) {
    return reject('UnfulfilledConstraint', `this host is ${hostname}`);
  }
  const free = freeResources(total, held);
  if (app.cpus > free.cpus + EPSILON) {
    return reject('InsufficientCpus', lacks('cpus', app.cpus, free.cpus));
  }
  if (app.mem > free.mem + EPSILON) {
    return reject('InsufficientMemory', lacks('MB of memory', app.mem, free.mem));
  }
  if (app.disk > free.disk + EPSILON) {
    return reject('InsufficientDisk', lacks('MB of disk', app.disk, free.disk));
  }
  if (app.gpus > 0) return reject('InsufficientGpus', lacks('gpus', app.gpus, 0));
  const used = new Set(held.flatMap(({ ports }) => ports));
  const ports = assignHostPorts(app, used, total.ports, context.random);
  if (ports === undefined) return reject('InsufficientPorts', 'the host ports are taken');
  return { ports };
}

interface FreeResources {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
}

function freeResources(total: OfferedResources, held: readonly HeldResources[]): FreeResources {
  const sum = (key: keyof FreeResources): number => held.reduce((all, task) => all + task[key], 0);
  return {
    cpus: total.cpus - sum('cpus'),
    mem: total.mem - sum('mem'),
    disk: total.disk - sum('disk'),
  };
}

/** What this host offers now, and why an app did not take it. */
export function unusedOffer(
  { total, held }: OfferContext,
  reason: RejectReason,
  timestamp: string,
): UnusedOffer {
  const free = freeResources(total, held);
  const used = new Set(held.flatMap(({ ports }) => ports));
  return {
    timestamp,
    reason,
    cpus: shown(free.cpus),
    mem: shown(free.mem),
    disk: shown(free.disk),
    ports: freeRanges(used, total.ports),
  };
}

/** Never negative, and to the thousandth, as Mesos has its scalars. */
function shown(amount: number): number {
  return Math.max(0, Number(amount.toFixed(3)));
}

function acceptsRole(app: AppDefinition): boolean {
  const roles = app['acceptedResourceRoles'];
  return !Array.isArray(roles) || roles.length === 0 || roles.includes('*');
}

function reject(rejected: RejectReason, detail: string): OfferMatch {
  return { rejected, detail };
}

function lacks(what: string, wanted: number, free: number): string {
  return `wants ${wanted} ${what}, ${shown(free)} are free`;
}
