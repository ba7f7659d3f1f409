import { formatAddress } from '../../plan/addressing.js';

import type { HostFacts, KernelPart } from './state.js';

/** Reads the sections `modules`, `udp` and `routes` of the probe. */
export function readFacts(sections: ReadonlyMap<string, string>): HostFacts {
  const modules = sections.get('modules') ?? '';
  return {
    wireguard: kernelPart(modules, 'wireguard'),
    vxlan: kernelPart(modules, 'vxlan'),
    nftables: kernelPart(modules, 'nf_tables'),
    udpPorts: udpPorts(sections.get('udp') ?? ''),
    routes: routes(sections.get('routes') ?? ''),
  };
}

function kernelPart(lines: string, module: string): KernelPart {
  const line = lines.split('\n').find((text) => text.startsWith(`${module} `));
  const word = line?.slice(module.length + 1);
  return word === 'loaded' || word === 'loadable' || word === 'missing' ? word : 'unknown';
}

/** Ports in `/proc/net/udp`, whose second column is `<address>:<port>` in hexadecimal. */
export function udpPorts(text: string): readonly number[] {
  const ports = [...text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)];
  return [...new Set(ports.map(([, port = '']) => parseInt(port, 16)))];
}

/**
 * Routes in `/proc/net/route` but for the default ones. Its addresses are hexadecimal in the byte
 * order of the machine, and all that Debian and Ubuntu serve here are little-endian.
 */
export function routes(text: string): HostFacts['routes'] {
  return text.split('\n').flatMap((line) => {
    const [device = '', destination = '', , , , , , mask = ''] = line.split(/\s+/);
    if (!/^[0-9A-F]{8}$/.test(destination) || !/^[0-9A-F]{8}$/.test(mask)) return [];
    const prefix = parseInt(mask, 16).toString(2).replaceAll('0', '').length;
    if (prefix === 0) return [];
    return [{ device, cidr: `${formatAddress(swapped(destination))}/${String(prefix)}` }];
  });
}

function swapped(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE();
}
