import type { MemberPort } from '../ports/virtual-network.js';

/** How one platform lets the network's packets in. */
export interface FirewallAdvice {
  readonly platform: 'Linux (iptables)' | 'Azure' | 'OpenStack, Chameleon';
  /** To be pasted; words in capitals are the reader's to fill in. */
  readonly commands: readonly string[];
}

/**
 * The rules that let the members of a network reach a host, for each platform; pure.
 *
 * @param sources addresses of the other members; names are for the reader to look up
 */
export function firewallAdvice(
  ports: readonly MemberPort[],
  sources: readonly string[],
): readonly FirewallAdvice[] {
  return [
    { platform: 'Linux (iptables)', commands: iptables(ports, sources) },
    { platform: 'Azure', commands: azure(ports, sources) },
    { platform: 'OpenStack, Chameleon', commands: openstack(ports, sources) },
  ];
}

/** The advice as lines of text. */
export function firewallLines(
  ports: readonly MemberPort[],
  sources: readonly string[],
): readonly string[] {
  return firewallAdvice(ports, sources).flatMap(({ platform, commands }) => [
    `${platform}:`,
    ...commands.map((command) => `  ${command}`),
  ]);
}

/** IPv6 addresses have a command of their own. */
function iptables(ports: readonly MemberPort[], sources: readonly string[]): readonly string[] {
  return ports.flatMap(({ protocol, port }) =>
    sources.map((source) => {
      const program = isIpv6(source) ? 'ip6tables' : 'iptables';
      return `sudo ${program} -I INPUT -p ${protocol} --dport ${port} -s ${source} -j ACCEPT`;
    }),
  );
}

/** https://learn.microsoft.com/cli/azure/network/nsg/rule: priorities are 100 to 4096, and unique. */
function azure(ports: readonly MemberPort[], sources: readonly string[]): readonly string[] {
  return ports.map(({ protocol, port }, index) =>
    [
      'az network nsg rule create --resource-group GROUP --nsg-name NSG',
      `--name crossflock-${protocol}-${port} --priority ${1000 + index}`,
      '--direction Inbound --access Allow',
      `--protocol ${protocol === 'udp' ? 'Udp' : 'Tcp'} --destination-port-ranges ${port}`,
      `--source-address-prefixes ${sources.join(' ')}`,
    ].join(' '),
  );
}

/** https://docs.openstack.org/python-openstackclient: `security group rule create`. */
function openstack(ports: readonly MemberPort[], sources: readonly string[]): readonly string[] {
  return ports.flatMap(({ protocol, port }) =>
    sources.map((source) => {
      const family = isIpv6(source) ? ' --ethertype IPv6' : '';
      const prefix = isIpv6(source) ? 128 : 32;
      return `openstack security group rule create --ingress${family} --protocol ${protocol} --dst-port ${port} --remote-ip ${source}/${prefix} SECURITY_GROUP`;
    }),
  );
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
