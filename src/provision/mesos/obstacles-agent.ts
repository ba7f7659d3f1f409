import type { Obstacle } from '../obstacles.js';
import { resourcesFlag } from './agent.js';
import type { AgentPast, MesosSeen } from './seen.js';
import type { WantedMesosHost } from './types.js';

/** What other agents, and the agent that ran here before, are in the way of. */
export function agentObstacles(seen: MesosSeen, wanted: WantedMesosHost): readonly Obstacle[] {
  if (!wanted.parts.includes('agent')) return [];
  return [...otherAgents(seen, wanted), ...changedAgent(seen, wanted)];
}

/** At its start an agent stops and removes every `mesos-…` container that it does not know. */
function otherAgents(
  { processes, past, taskContainers }: MesosSeen,
  { paths }: WantedMesosHost,
): readonly Obstacle[] {
  const others = processes.filter(
    ({ name, workFolder }) => name !== 'mesos-master' && workFolder !== paths.work,
  );
  if (others.length > 0) {
    return others.map(({ pid, name, workFolder }) => ({
      what: `another mesos agent runs on the host (${name}, process ${pid}${workFolder === '' ? '' : `, in ${workFolder}`}): whichever of two starts removes the containers of the other`,
      todo: 'stop and disable that agent ("systemctl disable --now mesos-slave"), or take another host',
    }));
  }
  if (past !== undefined || taskContainers.length === 0) return [];
  const [first = ''] = taskContainers;
  const count = taskContainers.length;
  return [
    {
      what: `${count} ${count === 1 ? 'container' : 'containers'} of another mesos agent (${first}${count === 1 ? '' : ', …'}) ${count === 1 ? 'is' : 'are'} on the docker engine, and the agent would remove ${count === 1 ? 'it' : 'them'} when it starts`,
      todo: 'remove what nobody needs any more with "docker rm --force", or take another host',
    },
  ];
}

/** `--reconfiguration_policy=additive` lets an agent come back with more, and with nothing less. */
function changedAgent({ past }: MesosSeen, wanted: WantedMesosHost): readonly Obstacle[] {
  if (past === undefined) return [];
  const changes = differences(past, wanted);
  if (changes.length === 0) return [];
  return [
    {
      what: `the mesos agent has run here before and does not come back with less or other than it had: ${changes.join(', ')}`,
      todo: `write what it had, or move its tasks away, stop it and remove ${wanted.paths.work}/meta/slaves/latest: it is a new agent then, and tasks that still run are lost`,
    },
  ];
}

function differences(past: AgentPast, { engine, address }: WantedMesosHost): readonly string[] {
  const attributes = engine.flags.agent['attributes'];
  const found = [
    ...lessOf(past.resources, resourcesFlag(engine.resources)),
    ...othersOf(past.attributes, attributes === undefined ? undefined : String(attributes)),
  ];
  if (past.hostname !== undefined && past.hostname !== address) {
    found.push(`address ${past.hostname} → ${address}`);
  }
  if (past.port !== undefined && past.port !== String(engine.ports.agent)) {
    found.push(`port ${past.port} → ${engine.ports.agent}`);
  }
  return found;
}

/** Resources that were given before and are given smaller now. */
function lessOf(before: string | undefined, now: string | undefined): string[] {
  const after = pairsOf(now);
  return [...pairsOf(before)].flatMap(([name, value]) => {
    const wanted = after.get(name);
    if (wanted === undefined || !(Number(wanted) < Number(value))) return [];
    return [`${name} ${value} → ${wanted}`];
  });
}

function othersOf(before: string | undefined, now: string | undefined): string[] {
  const after = pairsOf(now);
  return [...pairsOf(before)].flatMap(([name, value]) => {
    const wanted = after.get(name);
    return wanted === value ? [] : [`attribute ${name}:${value} → ${wanted ?? 'none'}`];
  });
}

/** `rack:a;zone:b`, as Mesos reads attributes and resources. */
function pairsOf(text: string | undefined): ReadonlyMap<string, string> {
  const pairs = (text ?? '').split(';').filter((pair) => pair.includes(':'));
  return new Map(
    pairs.map((pair) => {
      const colon = pair.indexOf(':');
      return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
    }),
  );
}
