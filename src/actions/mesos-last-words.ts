import { mesosContainerName } from '../provision/mesos/paths.js';
import { linesOf } from '../provision/facts/sections.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import type { MesosCluster } from './mesos-scene.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import { openHost } from './open-host.js';

/** Milliseconds for a host to say what its containers said. */
const ASK_MS = 15_000;

/** Of the containers named by `$@`, those that ended at least once, and the last line of each. */
const LAST_WORDS_SCRIPT = String.raw`
for name; do
  state=$(docker inspect --format '{{.State.Status}} {{.RestartCount}}' "$name" 2>/dev/null) || continue
  [ "$state" = "running 0" ] && continue
  said=$(docker logs --tail 1 "$name" 2>&1 | tr -d '\r' | cut -c 1-300)
  printf '%s %s %s\n' "$name" "$state" "$said"
done
`;

/**
 * What the containers of a cluster's masters said last that do not stay up, in words; a host that
 * does not answer says nothing.
 */
export async function lastWords(
  context: ActionContext,
  { id, engine, hosts }: MesosCluster,
): Promise<readonly string[]> {
  const { signal } = context;
  const names = (['zookeeper', 'master', 'marathon'] as const).map((part) =>
    mesosContainerName(engine.deployment, id, part),
  );
  const masters = hosts.filter(({ role }) => role !== 'agent');
  const { done } = await fanOut(masters, HOSTS_AT_ONCE, async (host) => {
    const argv = ['sh', '-c', LAST_WORDS_SCRIPT, 'sh', ...names];
    const { stdout } = await openHost(context, host).run(argv, { signal, timeoutMs: ASK_MS });
    return linesOf(stdout).map((line) => inWords(host.id, line));
  });
  signal.throwIfAborted();
  return done.flatMap(({ value }) => value);
}

/** `<container> <state> <restarts> <its last line>` */
function inWords(hostId: string, line: string): string {
  const [name = '', state = '', restarts = '', ...words] = line.split(' ');
  const said = words.join(' ').trim();
  const last = said === '' ? 'says nothing' : `says last: ${said}`;
  const how = state === 'running' ? `was started again ${restarts} times` : `is ${state}`;
  return `${name} on ${hostId} ${how} and ${last}`;
}
