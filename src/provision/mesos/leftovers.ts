import { posix } from 'node:path';
import type { HostProbe } from '../../ports/host-probe.js';
import { linesOf } from '../facts/sections.js';
import { mesosServiceName, type MesosPaths } from './paths.js';

/** What is in the way of a host without a trace of the engine. */
export interface LeftoverPaths {
  /** Settings, the agent's memory and its file systems: of no use without the parts. */
  readonly always: readonly string[];
  /**
   * What ZooKeeper and the masters know, with the secrets by which it can be read, and Mesos where
   * it was compiled on the host, which takes an hour.
   */
  readonly kept: readonly string[];
}

/** Where the engine of one cluster is on a host, but for its services and containers. Pure. */
export function leftoverPaths(
  deployment: string,
  clusterId: string,
  paths: MesosPaths,
): LeftoverPaths {
  const parts = ['zookeeper', 'master', 'marathon', 'agent'];
  const logs = (['agent', 'master'] as const).flatMap((part) => {
    const log = `/var/log/crossflock/${mesosServiceName(deployment, clusterId, part)}.log`;
    // As many as logrotate keeps.
    return [log, ...[1, 2, 3].flatMap((n) => [`${log}.${String(n)}`, `${log}.${String(n)}.gz`])];
  });
  return {
    always: [
      ...parts.map((part) => posix.join(paths.settings, part)),
      ...[paths.manifest, paths.work, paths.roots, paths.runtime, ...logs],
    ],
    kept: [paths.settings, paths.data],
  };
}

/** Which of these paths are there. */
export function leftoverProbe(paths: readonly string[]): HostProbe<readonly string[]> {
  return {
    id: 'leftovers',
    script: String.raw`
IFS='
'
set -f
for path in $CROSSFLOCK_LEFTOVERS; do
  [ -e "$path" ] && printf '%s\n' "$path"
done
`,
    env: { CROSSFLOCK_LEFTOVERS: paths.join('\n') },
    parse: (answer) => linesOf(answer),
  };
}

/**
 * Removes paths, and the folders of crossflock around them that are empty then. An agent's file
 * system may have the host's own mounted in it while something runs there: then nothing is removed
 * at all.
 * @param mounts the host's list of mounts, as in proc_pid_mountinfo(5)
 */
export function removeLeftovers(
  paths: readonly string[],
  mounts = '/proc/self/mountinfo',
): readonly string[] {
  return ['sh', '-c', REMOVE_SCRIPT, 'sh', mounts, ...paths];
}

const REMOVE_SCRIPT = String.raw`
mounts=$1
shift
while read -r _ _ _ _ point _; do
  for path; do
    case $point in
      "$path" | "$path"/*)
        echo "$point is mounted below $path" >&2
        exit 1
        ;;
    esac
  done
done <"$mounts" || exit 1
rm -rf -- "$@" || exit 1
for path; do
  folder=$(dirname "$path")
  while
    case $folder in
      */crossflock/*) rmdir "$folder" 2>/dev/null ;;
      *) false ;;
    esac
  do
    folder=$(dirname "$folder")
  done
done
exit 0
`;
