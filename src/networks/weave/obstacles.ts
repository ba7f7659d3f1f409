import { overlaps, parseNetwork } from '../../plan/addressing.js';
import type { NetworkMember } from '../../ports/virtual-network.js';
import { candidateFit, engineFit } from './engine-fit.js';
import type { WeaveReport } from './report.js';
import { PROXY_SOCKET, SPEC_LABEL, specHash } from './settings.js';
import type { WeaveSettings } from './settings.js';
import { isRunning } from './state.js';
import type { WeaveState } from './state.js';

/** Something that has to change before Weave can be as wanted, and what to do. */
export interface Obstacle {
  readonly text: string;
  readonly hint: string;
}

/** How a setting of a running router is changed: never by crossflock, see `docs`. */
const RELAUNCH =
  'crossflock does not restart a router under running containers: stop the containers of the host, run "weave reset" on it, then "crossflock provision"';

/**
 * What is in the way on one host, known from its facts before anything is changed. Empty where all
 * is well. Pure.
 */
export function obstaclesOf(
  settings: WeaveSettings,
  member: Pick<NetworkMember, 'id'>,
  state: WeaveState,
): readonly Obstacle[] {
  return [...engineObstacles(settings, state), ...routerObstacles(settings, member.id, state)];
}

function engineObstacles({ version }: WeaveSettings, state: WeaveState): readonly Obstacle[] {
  if (state.engine !== undefined) {
    const fit = engineFit(state.engine, version);
    return fit.fits ? [] : [{ text: fit.why, hint: fit.wayOut }];
  }
  if (state.engineCandidate === undefined) return [];
  const fit = candidateFit(state.engineCandidate, version);
  if (fit === undefined || fit.fits) return [];
  return [{ text: `${fit.why}; it is what would be installed here`, hint: fit.wayOut }];
}

function routerObstacles(
  settings: WeaveSettings,
  memberId: string,
  state: WeaveState,
): readonly Obstacle[] {
  const { container } = state;
  if (container === undefined) return withoutModule(state);
  const image = container.image;
  if (!/(?:^|\/)weave:[^/]+$/.test(image)) {
    const text = `a container named "weave" is there that is not weave net (${image})`;
    return [{ text, hint: 'remove or rename that container' }];
  }
  if (container.state === 'restarting') {
    const text = 'the weave router dies again and again';
    return [{ text, hint: 'see "docker logs weave" on the host, then "weave reset --force"' }];
  }
  const wanted = `${settings.imagePrefix}/weave:${settings.version}`;
  if (image !== wanted) {
    const text = `the image of the weave router is ${image}, wanted is ${wanted}`;
    const hint = isRunning(state)
      ? RELAUNCH
      : 'run "weave reset --force" (it detaches running containers), then "crossflock provision"';
    return [{ text, hint }];
  }
  if (!isRunning(state)) return withoutModule(state);
  return runningObstacles(settings, memberId, state);
}

function withoutModule({ modules }: WeaveState): readonly Obstacle[] {
  if (modules.dummy !== 'no') return [];
  const text = 'the kernel has no module "dummy", without which the weave router ends at once';
  return [{ text, hint: 'use a kernel that has it, or "network.driver": "wireguard"' }];
}

function runningObstacles(
  settings: WeaveSettings,
  memberId: string,
  { container, report }: WeaveState,
): readonly Obstacle[] {
  if (report === undefined) {
    const text = 'the weave router runs and does not answer';
    return [{ text, hint: 'look again in a minute, then see "docker logs weave" on the host' }];
  }
  const differences = differencesOf(settings, report);
  const spec = container?.labels[SPEC_LABEL];
  if (differences.length === 0 && spec !== undefined && spec !== specHash(settings, memberId)) {
    differences.push(
      settings.password === undefined
        ? 'it was launched from other settings'
        : 'it was launched from other settings (the password, most likely)',
    );
  }
  if (differences.length === 0) return [];
  return [{ text: `the weave router runs, and ${differences.join('; ')}`, hint: RELAUNCH }];
}

/** Also of a router that was launched by hand: such a one is taken as it is where it fits. */
function differencesOf(settings: WeaveSettings, report: WeaveReport): string[] {
  const differences: string[] = [];
  const isEncrypted = settings.password !== undefined;
  if (report.encrypted !== isEncrypted) {
    differences.push(
      isEncrypted
        ? 'has no password, and "network.weave.password" gives one'
        : 'has a password, and "network.weave.password" gives none',
    );
  }
  if (report.allocationRange !== settings.allocationRange) {
    const clash = clashes(report.allocationRange, settings.cidr) ? ', inside "network.cidr"' : '';
    differences.push(
      `its --ipalloc-range is ${report.allocationRange || 'empty'}${clash}, wanted is ${settings.allocationRange}`,
    );
  }
  if (!report.proxy.includes(`unix://${PROXY_SOCKET}`)) {
    differences.push(`its proxy for docker does not listen on ${PROXY_SOCKET}`);
  }
  return differences;
}

function clashes(range: string, cidr: string): boolean {
  const [a, b] = [parseNetwork(range), parseNetwork(cidr)];
  return a.ok && b.ok && overlaps(a.network, b.network);
}
