import type { Problem } from '../../errors/problem.js';
import { instanceIds } from '../../plan/instances.js';
import type { ContainerView, View } from '../view.js';

/**
 * A segment of a Marathon app id: parts of lower-case letters, digits and dashes, joined by dots.
 * Source: `PathId.scala` and `stringTypes.raml` of mesosphere/marathon.
 */
const MARATHON_SEGMENT =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** Last segments that Marathon keeps for its own URLs (`AppsResource`, since 1.7). */
const RESERVED_IDS: ReadonlySet<string> = new Set(['restart', 'tasks', 'versions']);
/** Host names, which containers get from their id, end at 63 characters (RFC 1035, 2.3.4). */
const LONGEST_ID = 63;
/** What Docker takes as the name of a container, network or volume. */
const DOCKER_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]+$/;
/** Networks that every Docker Engine has, and a name that stands for one of them. */
const DOCKER_NETWORKS: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'default']);
const LONGEST_NAME = 40;

/** The name of the deployment, which Docker must take for networks, containers and volumes. */
export function nameProblems({ name }: View): readonly Problem[] {
  if (name === undefined) return [];
  const base = { severity: 'error', path: 'name', value: JSON.stringify(name) } as const;
  if (DOCKER_NETWORKS.has(name)) {
    const fix = 'write another one, such as "crossflock"';
    return [{ ...base, message: "is the name of one of Docker's own networks", fix }];
  }
  if (name.length > LONGEST_NAME) {
    const fix = `write at most ${String(LONGEST_NAME)}`;
    return [{ ...base, message: `has ${String(name.length)} characters`, fix }];
  }
  if (DOCKER_NAME.test(name)) return [];
  return [
    {
      ...base,
      message: 'cannot name a Docker network',
      fix: `write two or more letters, digits, "-", "_" and ".", such as ${suggest(name, 'crossflock')}`,
    },
  ];
}

/** Why Docker would not take a container's name that ends in this cluster id, if so. */
export function clusterIdProblem(id: string, path: string): Problem | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(id) && id.length <= LONGEST_ID) return undefined;
  return {
    severity: 'error',
    path,
    value: JSON.stringify(id),
    message: 'cannot name a cluster',
    fix: `write letters, digits, "-", "_" and ".", such as ${suggest(id, 'chameleon')}`,
  };
}

/** Why Marathon would refuse the container's id, or those of its instances, if so. */
export function containerIdProblem({ id, path, instances }: ContainerView): Problem | undefined {
  if (id === undefined) return undefined;
  const base = { severity: 'error', path: `${path}.id`, value: JSON.stringify(id) } as const;
  if (RESERVED_IDS.has(id) && instances === 1) {
    const fix = `write another one, such as "${id}-1"`;
    return { ...base, message: 'is an id that Marathon keeps for itself', fix };
  }
  if (!MARATHON_SEGMENT.test(id)) {
    return {
      ...base,
      message: 'is an id that Marathon refuses',
      fix: `write lower-case letters, digits, "-" and ".", such as ${suggest(id.toLowerCase(), 'runner1', /[^a-z0-9.-]+/g)}`,
    };
  }
  const longest = instanceIds(id, instances).at(-1) ?? id;
  if (longest.length <= LONGEST_ID) return undefined;
  const fix = `write at most ${String(LONGEST_ID - (longest.length - id.length))}`;
  return { ...base, message: `has ${String(id.length)} characters, too long for a host name`, fix };
}

/** The text with what is not allowed turned into dashes; `fallback` when nothing is left. */
function suggest(text: string, fallback: string, not = /[^A-Za-z0-9_.-]+/g): string {
  const kept = text
    .replace(not, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
    .replace(/\.-*|-+\./g, '.');
  return JSON.stringify(kept.length > 1 ? kept.slice(0, LONGEST_NAME) : fallback);
}
