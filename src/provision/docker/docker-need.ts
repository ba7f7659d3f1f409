import type { DockerPlan } from '../../plan/types.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { DockerState } from './docker-state.js';

/** What a host lacks of Docker; all false and empty where it is as wanted. */
export interface DockerNeed {
  /** The engine, the client or both have to be installed. */
  readonly install: readonly ('engine' | 'client')[];
  /** An installation was interrupted, though the engine may have come up all the same. */
  readonly finish: boolean;
  /** It is there and does not answer. */
  readonly start: boolean;
  /** Users to add to the group docker. */
  readonly users: readonly string[];
}

/** Packages of Debian, of Ubuntu and of Docker without which the engine is not complete. */
const PACKAGES = /^(docker|containerd|runc|iptables)/;

/** What has to be done about Docker on a host. Pure. */
export function dockerNeed(
  facts: HostFacts,
  docker: DockerState,
  { groupUsers }: Pick<DockerPlan, 'groupUsers'>,
): DockerNeed {
  const answers = docker.engine !== undefined;
  const install: DockerNeed['install'] = [
    ...(answers || facts.programs.has('dockerd') ? [] : (['engine'] as const)),
    ...(facts.programs.has('docker') ? [] : (['client'] as const)),
  ];
  const members = facts.dockerGroup ?? [];
  return {
    install,
    finish: facts.unfinished.some((name) => PACKAGES.test(name)),
    start: !answers,
    users: groupUsers.filter((user) => !members.includes(user)),
  };
}

export function needsNothing({ install, finish, start, users }: DockerNeed): boolean {
  return install.length === 0 && !finish && !start && users.length === 0;
}
