import { CrossflockError } from '../../errors/crossflock-error.js';
import type { HostProbe, HttpAnswer, HttpAnswers } from '../../ports/host-probe.js';
import { parseInspect } from '../docker-network.js';

import { fields, listOf, textsOf } from './fields.js';
import { readFacts } from './host-facts.js';
import { NETWORK_IMAGE } from './settings.js';
import type { WireguardSettings } from './settings.js';
import type { AgentContainer, Links, PeerRecord, SelfRecord, WireguardState } from './state.js';

/**
 * Sections, each after a line `@@ <name>`. One program is started where all is well; what decides
 * whether the network can come up at all is asked only where it is not up.
 */
const SCRIPT = String.raw`
folder=/etc/crossflock/$CROSSFLOCK_WG_DEPLOYMENT/network
net=/sys/class/net
printf '\n@@ status\n'
cat "$folder/status.json" || { printf '\n@@ self\n'; cat "$folder/self.json"; }
printf '\n@@ links\n'
while read -r key _ effective _; do
  if [ "$key" = Uid: ]; then [ "$effective" = 0 ] || echo not-root; break; fi
done </proc/self/status
up=yes
for link in "$CROSSFLOCK_WG_WIREGUARD" "$CROSSFLOCK_WG_VXLAN" "$CROSSFLOCK_WG_BRIDGE"; do
  if [ -e "$net/$link" ]; then printf '%s\n' "$link"; else up=no; fi
done
if [ -e "$net/$CROSSFLOCK_WG_BRIDGE/brif/$CROSSFLOCK_WG_VXLAN" ]; then echo attached; fi
if [ -c /dev/net/tun ]; then echo tun; fi
if [ "$up" = yes ]; then exit; fi
printf '\n@@ modules\n'
for module in wireguard vxlan nf_tables; do
  if [ -d "/sys/module/$module" ]; then printf '%s loaded\n' "$module"
  elif modprobe -n -q "$module"; then printf '%s loadable\n' "$module"
  elif command -v modprobe >/dev/null && [ -d "/lib/modules/$(uname -r)" ]; then
    printf '%s missing\n' "$module"
  fi
done
printf '\n@@ udp\n'
cat /proc/net/udp /proc/net/udp6
printf '\n@@ routes\n'
cat /proc/net/route
`;

export function wireguardProbe(settings: WireguardSettings): HostProbe<WireguardState> {
  const { plan, names } = settings;
  const gets = {
    container: `/containers/${names.container}/json`,
    network: `/networks/${plan.name}`,
    image: `/images/${NETWORK_IMAGE}/json`,
  };
  return {
    id: 'wireguard',
    script: SCRIPT,
    env: {
      CROSSFLOCK_WG_DEPLOYMENT: plan.name,
      CROSSFLOCK_WG_WIREGUARD: names.wireguard,
      CROSSFLOCK_WG_VXLAN: names.vxlan,
      CROSSFLOCK_WG_BRIDGE: names.bridge,
    },
    get: Object.values(gets),
    parse: (answer, got) => {
      const docker = dockerPart(gets, plan.name, got);
      return { ...docker, ...hostPart(settings, answer) };
    },
  };
}

type Gets = Readonly<Record<'container' | 'network' | 'image', string>>;

function dockerPart(gets: Gets, name: string, got: HttpAnswers | undefined) {
  const answers = {
    container: got?.(gets.container),
    network: got?.(gets.network),
    image: got?.(gets.image),
  };
  const container = bodyOf(gets.container, answers.container);
  const network = bodyOf(gets.network, answers.network);
  const image = fields(bodyOf(gets.image, answers.image))['Id'];
  return {
    hasEngine: answers.container !== undefined,
    container: container === undefined ? undefined : readContainer(container),
    network: network === undefined ? undefined : parseInspect(JSON.stringify(network), name),
    imageId: typeof image === 'string' ? image : undefined,
  };
}

/** The JSON of an answer; undefined for a thing that is not there, or where nobody answered. */
function bodyOf(asked: string, answer: HttpAnswer | undefined): unknown {
  if (answer === undefined || answer.status === 404) return undefined;
  if (answer.status === 200) return json(answer.body, `the docker engine's answer to ${asked}`);
  const said = answer.body.replace(/\s+/g, ' ').slice(0, 200);
  throw unreadable(`the docker engine's answer to ${asked}: ${String(answer.status)} ${said}`);
}

function readContainer(value: unknown): AgentContainer {
  const container = fields(value);
  return {
    status: String(fields(container['State'])['Status']),
    imageId: String(container['Image']),
    labels: textsOf(fields(container['Config'])['Labels']),
  };
}

function hostPart({ names }: WireguardSettings, answer: string) {
  const sections = splitSections(answer);
  const status = fields(section(sections, 'status'));
  const self = status['self'] ?? section(sections, 'self');
  const lines = new Set((sections.get('links') ?? '').split('\n'));
  const links: Links = {
    wireguard: lines.has(names.wireguard),
    vxlan: lines.has(names.vxlan),
    bridge: lines.has(names.bridge),
    attached: lines.has('attached'),
  };
  return {
    self: self === undefined ? undefined : readSelf(self),
    peers: listOf(status['peers']).map(readPeer),
    problems: listOf(status['problems']).map(String),
    links,
    isRoot: !lines.has('not-root'),
    hasTun: lines.has('tun'),
    facts: sections.has('routes') ? readFacts(sections) : undefined,
  };
}

function splitSections(answer: string): ReadonlyMap<string, string> {
  const parts = `\n${answer}`.split('\n@@ ').slice(1);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1).trim()] as const;
    }),
  );
}

function section(sections: ReadonlyMap<string, string>, name: string): unknown {
  const text = sections.get(name) ?? '';
  return text === '' ? undefined : json(text, `${name}.json of the network on the host`);
}

function readSelf(value: unknown): SelfRecord {
  const self = fields(value);
  return {
    id: needed(self, 'id'),
    gateway: needed(self, 'gateway'),
    address: needed(self, 'address'),
    publicKey: needed(self, 'publicKey'),
    port: Number(self['port']),
  };
}

function readPeer(value: unknown): PeerRecord {
  const peer = fields(value);
  return {
    id: needed(peer, 'id'),
    publicKey: needed(peer, 'publicKey'),
    endpoint: needed(peer, 'endpoint'),
    gateway: needed(peer, 'gateway'),
    address: needed(peer, 'address'),
  };
}

function needed(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  if (typeof value === 'string' && value !== '') return value;
  throw unreadable(`what the network on the host wrote down: it has no "${key}"`);
}

function json(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${what}: ${text.slice(0, 80)}`, cause);
  }
}

function unreadable(what: string, cause?: unknown): CrossflockError {
  return new CrossflockError(`cannot read ${what}`, { code: 'unexpected', cause });
}
