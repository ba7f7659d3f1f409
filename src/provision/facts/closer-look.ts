import type { HostProbe } from '../../ports/host-probe.js';
import type { MemberPort } from '../../ports/virtual-network.js';
import { parseListeners, type Listener } from './listeners.js';
import { linesOf, sectionsOf } from './sections.js';

export type ModulePresence = 'loaded' | 'loadable' | 'absent' | 'unknown';

const MODULES = ['wireguard', 'vxlan', 'tun', 'br_netfilter'] as const;
export type KernelModule = (typeof MODULES)[number];

/** An address and a port to try from the host. */
export interface Destination extends MemberPort {
  readonly address: string;
}

/**
 * What came of trying a destination. `open`: something answered, if only to refuse. `closed`: a
 * router or a firewall said no, or for TCP nobody said anything. `silent`: a UDP packet was not
 * answered, which a port with nobody behind it does where packets get through.
 */
export interface Attempt extends Destination {
  readonly outcome: 'open' | 'closed' | 'silent';
  /** In the system's words, such as `No route to host`. */
  readonly said: string;
}

/** What is asked besides; each costs the host something, so it is asked only where needed. */
export interface Questions {
  /** Whether packages are going to be installed. */
  readonly packages: boolean;
  /** An address that has to be reached by apt besides its own, such as a repository to be added. */
  readonly repository?: string;
  readonly destinations: readonly Destination[];
  /** Users that have to exist. */
  readonly users: readonly string[];
}

/** What is looked at before a host is changed, and only then. */
export interface CloserFacts {
  readonly modules: Readonly<Record<KernelModule, ModulePresence>>;
  readonly listeners: readonly Listener[];
  readonly attempts: readonly Attempt[];
  /** Those of the users asked for that the host does not know. */
  readonly unknownUsers: readonly string[];
  /** Undefined unless packages are going to be installed. */
  readonly packages: PackageFacts | undefined;
}

export interface PackageFacts {
  /** Whether dpkg has something to finish, because it died. */
  readonly unfinished: boolean;
  /** The process that has dpkg's lock, such as `unattended-upgr (812)`. */
  readonly lockedBy: string | undefined;
  /** What apt says of servers that it cannot reach, one line each. */
  readonly unreachable: readonly string[];
}

/**
 * apt itself is asked whether it reaches its servers, since it knows about proxies: it fetches the
 * small file that `apt-get update` begins with, once for every server, into a folder that is
 * removed. Packets to peers are sent by bash, which every Debian and Ubuntu has; a refusal comes
 * back as an error of the second packet.
 */
const SCRIPT = String.raw`
section() { printf '\n@@ %s\n' "$1"; }
section modules
release=$(uname -r)
for module in ${MODULES.join(' ')}; do
  if [ -d "/sys/module/$module" ]; then echo "$module loaded"
  elif [ "$module" = tun ] && [ -c /dev/net/tun ]; then echo "$module loaded"
  elif ! [ -r "/lib/modules/$release/modules.dep" ]; then echo "$module unknown"
  elif grep -q "/$module\.ko" "/lib/modules/$release/modules.builtin"; then echo "$module loaded"
  elif grep -q "/$module\.ko[.a-z]*:" "/lib/modules/$release/modules.dep"; then echo "$module loadable"
  else echo "$module absent"
  fi
done
section listeners
ss -Hlntup
section users
for user in $CROSSFLOCK_LOOK_USERS; do
  getent passwd "$user" >/dev/null || echo "$user"
done
section attempts
if command -v bash >/dev/null; then
  printf '%s\n' "$CROSSFLOCK_LOOK_PORTS" | {
    while read -r protocol address port; do
      [ -n "$port" ] || continue
      (
        case $protocol in
        tcp) text='exec 3<>"/dev/tcp/$0/$1"' ;;
        *) text='exec 3<>"/dev/udp/$0/$1" && { printf x >&3; sleep 0.7; printf x >&3; }' ;;
        esac
        said=$(timeout 4 bash -c "$text" "$address" "$port" 2>&1)
        echo "$protocol $address $port $? $(printf '%s' "$said" | head -n 1)"
      ) &
    done
    wait
  }
fi
if [ "$CROSSFLOCK_LOOK_PACKAGES" = yes ]; then
  section unfinished
  dpkg --audit
  for file in /var/lib/dpkg/updates/*; do [ -e "$file" ] && echo "$file"; done
  section lock
  perl -e 'open(my $f, "<", "/var/lib/dpkg/lock-frontend") or exit;
    my $l = pack("s s x4 q q i x4", 1, 0, 0, 0, 0);
    fcntl($f, 5, $l) and my ($type, $pid) = (unpack("s s x4 q q i", $l))[0, 4];
    if ($pid and $type != 2) { open($f, "<", "/proc/$pid/comm"); chomp(my $name = <$f>); print "$name ($pid)\n" }'
  section servers
  folder=$(mktemp -d)
  {
    apt-get --print-uris update | sed -n "s/^'\([^']*InRelease\)'.*/\1/p"
    echo "$CROSSFLOCK_LOOK_REPOSITORY"
  } | awk -F/ '$3 != "" && !seen[$3]++' | {
    while read -r uri; do
      timeout 30 /usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout=8 \
        -o Acquire::https::Timeout=8 download-file "$uri" "$folder/$(printf '%s' "$uri" | tr / _)" 2>&1 |
        sed -n 's/^E: Failed to fetch //p' &
    done
    wait
  }
  rm -rf "$folder"
fi
`;

export function closerProbe({
  packages,
  repository = '',
  destinations,
  users,
}: Questions): HostProbe<CloserFacts> {
  const ports = destinations.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);
  return {
    id: 'closer',
    script: SCRIPT,
    env: {
      LC_ALL: 'C',
      CROSSFLOCK_LOOK_USERS: users.join(' '),
      CROSSFLOCK_LOOK_PORTS: ports.join('\n'),
      CROSSFLOCK_LOOK_PACKAGES: packages ? 'yes' : 'no',
      CROSSFLOCK_LOOK_REPOSITORY: repository,
    },
    parse: parseCloserFacts,
  };
}

export function parseCloserFacts(answer: string): CloserFacts {
  const sections = sectionsOf(answer);
  const lines = (name: string): readonly string[] => linesOf(sections.get(name));
  const modules = new Map(lines('modules').map((line) => line.split(' ') as [string, string]));
  const presence = (name: KernelModule): ModulePresence =>
    (modules.get(name) as ModulePresence | undefined) ?? 'unknown';
  return {
    modules: {
      wireguard: presence('wireguard'),
      vxlan: presence('vxlan'),
      tun: presence('tun'),
      br_netfilter: presence('br_netfilter'),
    },
    listeners: parseListeners(sections.get('listeners') ?? ''),
    attempts: lines('attempts').flatMap(parseAttempt),
    unknownUsers: lines('users'),
    packages: !sections.has('servers')
      ? undefined
      : {
          unfinished: lines('unfinished').length > 0,
          lockedBy: lines('lock')[0],
          unreachable: lines('servers').filter(isUnreachable),
        },
  };
}

/** apt's words for a server that it cannot get at; a certificate that cannot be checked is no such. */
function isUnreachable(line: string): boolean {
  return /could not (connect|resolve)|unable to connect|timed? ?out|unreachable|no route|404/i.test(
    line,
  );
}

/** `udp 192.0.2.7 51820 1 192.0.2.7: line 1: printf: write error: Connection refused` */
function parseAttempt(line: string): readonly Attempt[] {
  const [protocol, address = '', port, code, ...words] = line.split(' ');
  if (protocol !== 'tcp' && protocol !== 'udp') return [];
  const said = words.join(' ').split(': ').at(-1) ?? '';
  const destination = { protocol, address, port: Number(port) } as const;
  if (/refused/i.test(said)) return [{ ...destination, outcome: 'open', said }];
  if (code === '0') {
    const outcome = protocol === 'tcp' ? 'open' : 'silent';
    return [{ ...destination, outcome, said: '' }];
  }
  return [{ ...destination, outcome: 'closed', said: code === '124' ? 'no answer in 4 s' : said }];
}
