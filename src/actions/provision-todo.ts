import type { AvailableImages } from '../images/available-images.js';
import { planImages, type ImageChange } from '../images/plan-images.js';
import { withTag } from '../images/reference.js';
import type { NetworkChange, SeenMember, VirtualNetwork } from '../ports/virtual-network.js';
import { dockerNeed, needsNothing, type DockerNeed } from '../provision/docker/docker-need.js';
import {
  MARATHON_IMAGE,
  marathonChange,
  marathonContainerName,
  type MarathonChange,
} from '../provision/embedded-marathon.js';
import type { MesosChange } from '../provision/mesos/change.js';
import { mesosTodo } from '../provision/mesos/todo.js';
import { optional } from '../util/optional.js';
import { memberReports } from './peers-look.js';
import type { ProvisionScene, SceneHost, Sight } from './provision-scene.js';

const MARATHON = withTag(MARATHON_IMAGE);
/** The id of an image that is on its way. */
const COMING = 'coming';

/** What Docker, the images and the engine of a host lack; the network is everybody's. */
export interface HostTodo {
  readonly docker: DockerNeed;
  readonly images: readonly ImageChange[];
  readonly marathon: MarathonChange | undefined;
  /** Of the engine `mesos`. */
  readonly mesos: readonly MesosChange[];
}

/**
 * What is to be done on a host, from what was seen there. Pure.
 * @throws CrossflockError `refused` for a host that cannot run the images
 */
export function hostTodo(
  scene: Pick<ProvisionScene, 'plan' | 'network' | 'wantedMesos'>,
  host: SceneHost,
  { sight, available }: { readonly sight: Sight; readonly available: AvailableImages },
): HostTodo {
  const { plan, network } = scene;
  const wanted = scene.wantedMesos(host.id);
  const images = planImages({
    host: host.id,
    names: host.images,
    available,
    seen: sight.images,
  });
  return {
    docker: dockerNeed(sight.facts, sight.docker, plan.docker),
    images,
    marathon: marathonTodo({ deployment: plan.name, network }, host, sight, images),
    mesos: wanted === undefined || sight.mesos === undefined ? [] : mesosTodo(wanted, sight.mesos),
  };
}

function marathonTodo(
  { deployment, network }: { readonly deployment: string; readonly network: VirtualNetwork },
  { cluster }: SceneHost,
  { docker, images }: Sight,
  coming: readonly ImageChange[],
): MarathonChange | undefined {
  const { id, engine, auth } = cluster;
  if (engine.type !== 'embedded') return undefined;
  const name = marathonContainerName(deployment, id);
  const container = docker.containers.find((each) => each.name === name);
  const facts =
    container === undefined
      ? undefined
      : {
          running: container.running,
          spec: container.labels['crossflock.spec'],
          imageId: container.imageId,
        };
  const isComing = coming.some((change) => change.name === MARATHON);
  const imageId = isComing ? COMING : (images.images.get(MARATHON)?.id ?? facts?.imageId ?? COMING);
  const wanted = {
    ...{ deployment, clusterId: id, engine },
    ...optional('auth', auth),
    ...optional('createSocket', network.createSocket),
  };
  return marathonChange(wanted, facts, imageId);
}

export function isDone({ docker, images, marathon, mesos }: HostTodo): boolean {
  const isSetUp = marathon === undefined && mesos.length === 0;
  return needsNothing(docker) && images.length === 0 && isSetUp;
}

/**
 * What the network lacks, of all members that were seen. A host on which something is in the way
 * drops out by `fail`, the others go on without it.
 * @throws CrossflockError `refused` for what two hosts have against each other
 */
export function networkTodo(
  scene: ProvisionScene,
  fail: (id: string, error: unknown) => void,
): readonly NetworkChange[] {
  const { network, usable } = scene;
  const seenMembers = scene.seenMembers();
  const worked = new Set(usable.map(({ id }) => id));
  const members = seenMembers.map((seen) => {
    const others = seenMembers.map(({ member }) =>
      member === seen.member ? seen : { member, state: undefined },
    );
    try {
      network.plan(others);
      return seen;
    } catch (error) {
      if (worked.has(seen.member.id)) fail(seen.member.id, error);
      return { member: seen.member, state: undefined };
    }
  });
  const { known, absent } = withoutAbsent(network, members, worked);
  // Others are told of a new member, but nothing is launched there.
  return network
    .plan(known)
    .filter(({ phase, memberId }) =>
      phase === 'launch' ? worked.has(memberId) : phase === 'connect' && !absent.has(memberId),
    );
}

/**
 * Members that are not worked on and are not in the network yet: there is nobody to connect with. One
 * that has an address of its own already keeps it.
 */
function withoutAbsent(
  network: VirtualNetwork,
  members: readonly SeenMember[],
  worked: ReadonlySet<string>,
): { readonly known: readonly SeenMember[]; readonly absent: ReadonlySet<string> } {
  const reports = memberReports({ network, seen: members });
  const idle = [...reports.values()].filter(
    ({ id, state }) => state === 'absent' && !worked.has(id),
  );
  const nothing = new Set(idle.filter(({ gateway }) => gateway === undefined).map(({ id }) => id));
  const known = members.map((seen) =>
    nothing.has(seen.member.id) ? { member: seen.member, state: undefined } : seen,
  );
  return { known, absent: new Set(idle.map(({ id }) => id)) };
}
