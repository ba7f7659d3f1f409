import { CrossflockError } from '../../errors/crossflock-error.js';
import type { NetworkMember } from '../../ports/virtual-network.js';
import { DEPLOYMENT_LABEL } from '../docker-network.js';

import type { AgentAction } from './change.js';
import { SPEC_LABEL, specOf } from './settings.js';
import type { Place, WireguardSettings } from './settings.js';
import type { AgentContainer, WireguardState } from './state.js';

export interface AgentChange {
  readonly action: AgentAction;
  readonly verb: 'create' | 'update' | 'start' | 'restart';
  /** Why, in a few words. */
  readonly detail: string;
}

/** What to do about the container of the network on a host; undefined where it is as it should be. */
export function agentAction(
  settings: WireguardSettings,
  here: {
    readonly member: NetworkMember;
    readonly state: WireguardState;
    readonly place: Place;
  },
): AgentChange | undefined {
  const { member, state, place } = here;
  const { container, hasTun } = state;
  const run = { type: 'run-agent', place, hasTun } as const;
  if (container === undefined) {
    return { action: { ...run, replaces: false }, verb: 'create', detail: '' };
  }
  refuseForeignContainer(settings, container, member);
  const why = whyReplace(settings, state, place);
  if (why !== undefined) {
    return { action: { ...run, replaces: true }, verb: 'update', detail: why };
  }
  if (container.status !== 'running') {
    return { action: { type: 'start-agent' }, verb: 'start', detail: `is ${container.status}` };
  }
  const wrong = whyRepair(state);
  if (wrong === undefined) return undefined;
  return { action: { type: 'repair' }, verb: 'restart', detail: wrong };
}

function whyReplace(
  settings: WireguardSettings,
  { container, imageId }: WireguardState,
  place: Place,
): string | undefined {
  if (container?.labels[SPEC_LABEL] !== specOf(settings, place)) return 'other settings';
  if (imageId !== undefined && container.imageId !== imageId) return 'another image';
  // Docker does not start a container that is caught in one of these.
  return /^(?:restarting|dead|removing)$/.test(container.status)
    ? `is ${container.status}`
    : undefined;
}

function whyRepair({ problems, links, self }: WireguardState): string | undefined {
  if (problems.length > 0) return problems.join('; ');
  if (self === undefined) return 'has no key yet';
  if (!links.wireguard || !links.vxlan) return 'an interface is missing';
  return links.bridge && !links.attached ? 'is not on the bridge' : undefined;
}

function refuseForeignContainer(
  { names, plan }: WireguardSettings,
  { labels }: AgentContainer,
  { host }: NetworkMember,
): void {
  const owner = labels[DEPLOYMENT_LABEL];
  if (owner === plan.name) return;
  const whose =
    owner === undefined ? 'was not made by crossflock' : `belongs to the deployment ${owner}`;
  throw new CrossflockError(`the container ${names.container} on ${host.name} ${whose}`, {
    code: 'refused',
    hint: `give the deployment another "name" in the configuration, or remove the container with "docker rm ${names.container}"`,
  });
}
