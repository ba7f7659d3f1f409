import { expect, it } from 'vitest';

import { firewallAdvice, firewallLines } from '../../../src/networks/firewall-advice.js';

const PORTS = [{ protocol: 'udp', port: 51820 }] as const;

it('gives a rule for each platform and source', () => {
  expect(firewallAdvice(PORTS, ['192.0.2.1', '2001:db8::1'])).toEqual([
    {
      platform: 'Linux (iptables)',
      commands: [
        'sudo iptables -I INPUT -p udp --dport 51820 -s 192.0.2.1 -j ACCEPT',
        'sudo ip6tables -I INPUT -p udp --dport 51820 -s 2001:db8::1 -j ACCEPT',
      ],
    },
    {
      platform: 'Azure',
      commands: [
        'az network nsg rule create --resource-group GROUP --nsg-name NSG --name crossflock-udp-51820 --priority 1000 --direction Inbound --access Allow --protocol Udp --destination-port-ranges 51820 --source-address-prefixes 192.0.2.1 2001:db8::1',
      ],
    },
    {
      platform: 'OpenStack, Chameleon',
      commands: [
        'openstack security group rule create --ingress --protocol udp --dst-port 51820 --remote-ip 192.0.2.1/32 SECURITY_GROUP',
        'openstack security group rule create --ingress --ethertype IPv6 --protocol udp --dst-port 51820 --remote-ip 2001:db8::1/128 SECURITY_GROUP',
      ],
    },
  ]);
});

it('is text with one command a line', () => {
  const lines = firewallLines(PORTS, ['192.0.2.1']);
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe('Linux (iptables):');
});
