import { CrossflockError } from '../../errors/crossflock-error.js';
import { DEPLOYMENT_LABEL, inspectArgv, parseInspect, removeArgv } from '../docker-network.js';
import type { DockerNetwork } from '../docker-network.js';
import { commandFailed, inUse, isMissing, refuseForeign } from '../docker-network-refusals.js';

import { must } from './job.js';
import type { Job } from './job.js';
import { agentArgv } from './settings.js';

/**
 * What an agent that could not be asked has left behind; the names come as arguments. Folders that
 * others use too stay as long as something is in them. The agent empties its folder when it leaves,
 * for users who are not root.
 */
const SWEEP = String.raw`
folder=$1 table=$2
for link in "$2" "$3"; do
  if [ -e "/sys/class/net/$link" ]; then ip link delete dev "$link" || exit 1; fi
done
if command -v nft >/dev/null; then nft delete table ip "$table" 2>/dev/null; fi
rm -rf -- "$folder" || [ "$(id -u)" != 0 ] || exit 1
rmdir -- "$(dirname "$folder")" /etc/crossflock 2>/dev/null
exit 0
`;

/**
 * Takes container, interfaces, Docker network, key and records off a host; what is not there is
 * fine.
 * @throws CrossflockError `refused` when a part is somebody else's, or containers are on the network;
 *   nothing was changed then
 */
export async function removeNetwork(job: Job): Promise<void> {
  const { settings, host, signal } = job;
  const { names } = settings;
  if (await hasDocker(job)) {
    const network = await ourNetwork(job);
    if (await hasContainer(job)) {
      // A container may be in a state that permits neither; the sweep below does the rest.
      await host.run(['docker', 'start', names.container], { signal });
      await host.run(agentArgv(settings, ['leave']), { signal });
      await must(job, ['docker', 'rm', '--force', names.container]);
    }
    if (network !== undefined) await removeDockerNetwork(job, network);
  }
  await must(job, ['sh', '-c', SWEEP, 'sh', names.folder, names.wireguard, names.vxlan]);
}

/** A host without Docker has at most files of ours. */
async function hasDocker({ host, signal }: Job): Promise<boolean> {
  try {
    return (await host.run(['docker', '--version'], { signal })).exitCode === 0;
  } catch (error) {
    if (error instanceof CrossflockError && error.code === 'not-found') return false;
    throw error;
  }
}

async function ourNetwork({ settings, host, signal }: Job): Promise<DockerNetwork | undefined> {
  const argv = inspectArgv(settings.plan.name);
  const result = await host.run(argv, { signal });
  if (result.exitCode !== 0) {
    if (isMissing(result)) return undefined;
    throw commandFailed(result, argv, host.name);
  }
  const network = parseInspect(result.stdout, settings.plan.name);
  if (network === undefined) return undefined;
  refuseForeign(network, host);
  if (network.containers.length > 0) throw inUse(network, host);
  return network;
}

async function hasContainer({ settings, host, signal }: Job): Promise<boolean> {
  const { container } = settings.names;
  const label = `{{index .Config.Labels "${DEPLOYMENT_LABEL}"}}`;
  const argv = ['docker', 'container', 'inspect', '--format', label, container];
  const result = await host.run(argv, { signal });
  if (result.exitCode !== 0) {
    if (/no such container/i.test(result.stderr)) return false;
    throw commandFailed(result, argv, host.name);
  }
  if (result.stdout.trim() === settings.plan.name) return true;
  throw new CrossflockError(
    `the container ${container} on ${host.name} is not of the deployment ${settings.plan.name}`,
    { code: 'refused', hint: `remove it with "docker rm ${container}" if nobody needs it` },
  );
}

async function removeDockerNetwork(job: Job, network: DockerNetwork): Promise<void> {
  const argv = removeArgv(network.name);
  const result = await job.host.run(argv, { signal: job.signal });
  if (result.exitCode === 0 || isMissing(result)) return;
  if (/active endpoints/.test(result.stderr)) throw inUse(network, job.host);
  throw commandFailed(result, argv, job.host.name);
}
