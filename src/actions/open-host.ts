import type { HostPlan } from '../plan/types.js';
import { asRoot, type Host } from '../ports/host.js';
import type { ActionContext } from './context.js';

/** A host of the plan, everything on it as root as far as it permits that. */
export function openHost({ hosts }: ActionContext, host: HostPlan): Host {
  return asRoot(hosts.open(host.ssh));
}
