// `weave report` and `weave status`, in the form of the transcripts.
import { connectionsOf, reachable } from './links.mjs';

export function reportOf(lan, host) {
  const { name, nickname, password, range, targets, proxy } = host.container.router;
  const connections = connectionsOf(lan, host);
  const peers = reachable(lan, host).map((peer) => ({
    Name: peer.container.router.name,
    NickName: peer.container.router.nickname,
    Connections: null,
  }));
  const version = host.container.image.split(':').at(-1);
  return {
    Ready: true,
    Version: version,
    VersionCheck: { Enabled: false, Success: false, NewVersion: '' },
    Router: {
      Protocol: 'weave',
      Encryption: password !== '',
      PeerDiscovery: true,
      Name: name,
      NickName: nickname,
      Port: 6783,
      Peers: peers,
      UnicastRoutes: peers.map((peer) => ({
        Dest: peer.Name,
        Via: peer.Name === name ? '00:00:00:00:00:00' : peer.Name,
      })),
      Connections: connections.length === 0 ? null : connections.map(connectionJson),
      Targets: targets.length === 0 ? null : targets,
      TrustedSubnets: [],
    },
    IPAM: { Paxos: null, Range: range, Entries: null, DefaultSubnet: range },
    Proxy: proxy ? { Addresses: ['unix:///var/run/weave/weave.sock'] } : null,
  };
}

function connectionJson({ address, outbound, state, error, peer, nickname, encrypted, mtu }) {
  const isUp = peer !== undefined;
  const cipher = encrypted ? 'encrypted   ' : '';
  return {
    Address: address,
    Outbound: outbound,
    State: state,
    Info: isUp ? `${cipher}sleeve ${peer}(${nickname})` : error,
    Attrs: isUp ? { ...(encrypted ? { encrypted: true } : {}), mtu, name: 'sleeve' } : {},
  };
}

/** Lines of `weave status connections`; the missing space behind `true` is the real program's. */
export function connectionLines(lan, host) {
  return connectionsOf(lan, host).map((connection) => {
    const { address, outbound, state, error, peer, nickname, encrypted, mtu } = connection;
    const cipher = encrypted ? 'encrypted   ' : '';
    const info =
      peer === undefined
        ? `${error} `
        : `${cipher}sleeve ${peer}(${nickname}) ${encrypted ? 'encrypted=true' : ''}mtu=${mtu}`;
    return `${outbound ? '->' : '<-'} ${address.padEnd(21)} ${state.padEnd(11)} ${info}\n`;
  });
}

export function statusText(lan, host) {
  const { name, nickname, password, range, targets } = host.container.router;
  const connections = connectionsOf(lan, host);
  const counts = Object.entries(Object.groupBy(connections, ({ state }) => state));
  const by = counts.map(([state, list]) => `${list.length} ${state}`).join(', ');
  const version = host.container.image.split(':').at(-1);
  return `
        Version: ${version} (version check update disabled)

        Service: router
       Protocol: weave 1..2
           Name: ${name}(${nickname})
     Encryption: ${password === '' ? 'disabled' : 'enabled'}
  PeerDiscovery: enabled
        Targets: ${targets.length}
    Connections: ${connections.length}${by === '' ? '' : ` (${by})`}
          Peers: ${reachable(lan, host).length}
 TrustedSubnets: none

        Service: ipam
         Status: idle
          Range: ${range}
  DefaultSubnet: ${range}

        Service: proxy
        Address: unix:///var/run/weave/weave.sock

`;
}
