import { CrossflockError } from '../../errors/crossflock-error.js';
import type { NetworkMember, SeenMember } from '../../ports/virtual-network.js';
import { hostAddresses } from './addresses.js';
import type { HostAddress } from './addresses.js';
import { changeOf } from './change.js';
import type { ChangeTarget, WeaveChange } from './change.js';
import { obstaclesOf } from './obstacles.js';
import type { Obstacle } from './obstacles.js';
import { peerName, scriptUrl } from './settings.js';
import type { WeaveSettings } from './settings.js';
import { isRunning } from './state.js';
import type { WeaveState } from './state.js';

type Seen = SeenMember<WeaveState>;
type Known = Seen & { readonly state: WeaveState };

/**
 * What is missing or different on the hosts that were seen. Every other host becomes a target,
 * whether it was seen or not, and no target is ever taken away here. Pure.
 * @throws CrossflockError `refused` naming everything that is in the way on any of them
 */
export function planChanges(
  settings: WeaveSettings,
  members: readonly Seen[],
): readonly WeaveChange[] {
  const known = members.filter(isKnown);
  refuse([
    ...known.flatMap(({ member, state }) =>
      obstaclesOf(settings, member, state).map((obstacle) => on(member, obstacle)),
    ),
    ...collisions(settings, known),
  ]);
  const addresses = hostAddresses(settings, members);
  return known.flatMap((seen) => [
    ...launchChanges(settings, seen, addresses.get(seen.member.id)),
    ...connectChanges(
      seen,
      members.map(({ member }) => member),
    ),
  ]);
}

function launchChanges(
  settings: WeaveSettings,
  { member, state }: Known,
  address: HostAddress | undefined,
): readonly WeaveChange[] {
  const changes: WeaveChange[] = [];
  const target = targetOf(member, state);
  const { version, password } = settings;
  const { missingImages: images, hasScript, modules, bridge, iptables } = state;
  if (!hasScript) {
    const detail = `${version}, from ${scriptUrl(version)}`;
    changes.push(changeOf(target, 'launch', { kind: 'install' }, detail));
  }
  if (!isRunning(state)) {
    if (images.length > 0) {
      changes.push(changeOf(target, 'launch', { kind: 'pull', images }, images.join(', ')));
    }
    const facts = { modules, bridge, iptables };
    const detail = `${version}, ${password === undefined ? 'not encrypted' : 'encrypted'}`;
    changes.push(changeOf(target, 'launch', { kind: 'launch', facts }, detail));
  }
  for (const surplus of address?.surplus ?? []) {
    changes.push(changeOf(target, 'launch', { kind: 'hide', address: surplus }, surplus));
  }
  const wanted = address?.wanted;
  if (wanted !== undefined && !state.exposed.includes(wanted)) {
    changes.push(changeOf(target, 'launch', { kind: 'expose', address: wanted }, wanted));
  }
  return changes;
}

function connectChanges(
  { member, state }: Known,
  all: readonly NetworkMember[],
): readonly WeaveChange[] {
  const wanted = all
    .filter(({ id }) => id !== member.id)
    .map((other) => peerAddress(member, other));
  // Targets survive a restart of the router, and are gone with its container.
  const targets = isRunning(state) ? (state.report?.targets ?? []) : [];
  const peers = wanted.filter((address) => !targets.some((target) => isSamePeer(target, address)));
  if (peers.length === 0) return [];
  const detail = `connect to ${peers.join(', ')}`;
  return [changeOf(targetOf(member, state), 'connect', { kind: 'connect', peers }, detail)];
}

/**
 * What takes a host out of the network: `reset` on itself, where it was seen; `forget` on the
 * others that have it as a target; `rmpeer` on the first of them that runs. To be applied in this
 * order: a peer that is still connected must not be removed. Pure.
 */
export function planLeaveChanges(
  settings: WeaveSettings,
  members: readonly Seen[],
  leaving: string,
): readonly WeaveChange[] {
  const gone = members.find(({ member }) => member.id === leaving);
  if (gone === undefined) return [];
  const changes: WeaveChange[] = [];
  if (gone.state?.container !== undefined) {
    const running = isRunning(gone.state);
    const target = targetOf(gone.member, gone.state);
    changes.push(changeOf(target, 'leave', { kind: 'reset', running }, 'leaves the network'));
  }
  const others = members.filter(isKnown).filter(({ member }) => member.id !== leaving);
  for (const { member, state } of others) {
    const peers = targetsAt(state, gone.member);
    if (peers.length === 0) continue;
    const detail = `forget ${peers.join(', ')}`;
    changes.push(changeOf(targetOf(member, state), 'leave', { kind: 'forget', peers }, detail));
  }
  const heir = others.find(({ state }) => state.report !== undefined);
  const peer = peerNameOf(settings, gone, others);
  if (heir !== undefined && peer !== undefined) {
    const target = targetOf(heir.member, heir.state);
    const detail = `${leaving} (${peer})`;
    changes.push(changeOf(target, 'leave', { kind: 'remove-peer', peer }, detail));
  }
  return changes;
}

/** The targets of a router that are addresses of the member. */
function targetsAt(
  { report }: WeaveState,
  { address, privateAddress }: NetworkMember,
): readonly string[] {
  return (report?.targets ?? []).filter((target) =>
    [address, privateAddress].some((own) => isSamePeer(target, own)),
  );
}

/**
 * The leaving host's name among the peers: its own word, or what the others remember of its
 * nickname, or the name it was given. Undefined where it was never one of them, as far as anybody
 * knows.
 */
function peerNameOf(
  settings: WeaveSettings,
  { member, state }: Seen,
  others: readonly Known[],
): string | undefined {
  const own = state?.report?.name;
  if (own !== undefined) return own;
  const remembered = others.flatMap(({ state: { report } }) => report?.peers ?? []);
  const given = peerName(settings.deployment, member.id);
  if (remembered.some(({ name }) => name === given)) return given;
  const byNickname = remembered.find(({ nickname }) => nickname === member.id)?.name;
  const wasOne =
    state === undefined
      ? others.some((other) => targetsAt(other.state, member).length > 0)
      : state.container !== undefined;
  return byNickname ?? (wasOne ? given : undefined);
}

/** Where `from` reaches `to`. */
export function peerAddress(from: NetworkMember, to: NetworkMember): string {
  return from.clusterId === to.clusterId ? to.privateAddress : to.address;
}

/** Targets are kept as they were given, with or without a port. */
function isSamePeer(target: string, address: string): boolean {
  const plain = target.toLowerCase();
  return plain === address.toLowerCase() || plain === `${address.toLowerCase()}:6783`;
}

function isKnown(seen: Seen): seen is Known {
  return seen.state !== undefined;
}

function targetOf(member: NetworkMember, { engine }: WeaveState): ChangeTarget {
  return { memberId: member.id, hostName: member.host.name, engine };
}

function on(member: NetworkMember, { text, hint }: Obstacle): Obstacle {
  return { text: `${member.id}: ${text}`, hint };
}

/** Routers of one name refuse each other; those launched by crossflock never share one. */
function collisions(settings: WeaveSettings, known: readonly Known[]): readonly Obstacle[] {
  const byName = Map.groupBy(known, ({ member, state }) =>
    isRunning(state) ? (state.report?.name ?? '') : peerName(settings.deployment, member.id),
  );
  return [...byName].flatMap(([name, sharing]) => {
    if (name === '' || sharing.length < 2) return [];
    const ids = sharing.map(({ member }) => member.id).join(' and ');
    const hint = 'run "weave reset --force" on one of them, then "crossflock provision"';
    return [{ text: `${ids}: both weave routers have the peer name ${name}`, hint }];
  });
}

function refuse(obstacles: readonly Obstacle[]): void {
  const [first] = obstacles;
  if (first === undefined) return;
  const hints = [...new Set(obstacles.map(({ hint }) => hint))];
  throw new CrossflockError(obstacles.map(({ text }) => text).join('; '), {
    code: 'refused',
    hint: hints.join('; '),
  });
}
