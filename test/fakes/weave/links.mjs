// Which routers are connected, and what each of them says about it. Texts as in the transcripts.

const RETRY = 'retry: 2026-11-21 07:50:44.006351795 +0000 UTC m=+25.867545708';

export const isRunning = (host) => host?.container?.state === 'running';
const router = (host) => host.container.router;

/** The address of a target: it may have been given with a port, and by name. */
function isTarget(host, other) {
  return router(host).targets.some(
    (target) => target.replace(/:6783$/, '') === other.address || target === other.hostname,
  );
}

/**
 * The connections of a host, in a fixed order (the real program has none):
 * `{address, outbound, state, error, peer, nickname, encrypted, mtu}`.
 */
export function connectionsOf(lan, host) {
  const others = lan.hosts().filter(({ address }) => address !== host.address);
  const dialled = router(host).targets.map((target) => dial(host, target, others));
  const accepted = others
    .filter((other) => isRunning(other) && !isTarget(host, other) && isTarget(other, host))
    .map((other) => ({ other, outcome: outcomeOf(other, host) }))
    // The side that refuses a connection shows nothing of it.
    .filter(({ outcome }) => outcome.state === 'established' || outcome.state === 'pending')
    .map(({ other, outcome }) => up(host, other, { outbound: false, outcome }));
  return [...dialled, ...accepted];
}

function dial(host, target, others) {
  const plain = target.replace(/:\d+$/, '');
  const address = /:\d+$/.test(target) ? target : `${target}:6783`;
  const failed = (error) => ({ address, outbound: true, state: 'failed', error });
  if (plain === host.address) return failed('cannot connect to ourself, retry: never');
  const other = others.find((found) => found.address === plain || found.hostname === plain);
  if (other === undefined) return { address, outbound: true, state: 'connecting', error: '' };
  const outcome = outcomeOf(host, other);
  if (outcome.state === 'established' || outcome.state === 'pending') {
    return up(host, other, { outbound: true, outcome });
  }
  return { address, outbound: true, ...outcome };
}

function up(host, other, { outbound, outcome }) {
  const encrypted = router(host).password !== '';
  const mtu = outcome.state === 'pending' ? 65535 : encrypted ? 1414 : 1438;
  const { name: peer, nickname } = router(other);
  const address = `${other.address}:${outbound ? 6783 : 41001}`;
  return { address, outbound, state: outcome.state, error: '', peer, nickname, encrypted, mtu };
}

/** What comes of `from` dialling `to`. */
function outcomeOf(from, to) {
  const failed = (error, retry = RETRY) => ({ state: 'failed', error: `${error}, ${retry}` });
  if (from.tcpDropped.includes(to.address) || to.tcpDropped.includes(from.address)) {
    return { state: 'connecting', error: '' };
  }
  if (!isRunning(to)) {
    return failed(`dial tcp :0->${to.address}:6783: connect: connection refused`);
  }
  const [ours, theirs] = [router(from), router(to)];
  if (ours.password !== theirs.password) return failed(passwordWords(ours, theirs));
  if (ours.name === theirs.name) {
    const names = `local "${ours.name}(${ours.nickname})" and remote "${theirs.name}(${theirs.nickname})"`;
    return failed(`${names} peer names collision`, 'retry: never');
  }
  if (ours.range !== theirs.range) {
    const ranges = `(received: ${theirs.range}, ours: ${ours.range})`;
    return failed(`Incompatible IP allocation ranges ${ranges}`);
  }
  if (from.udpDropped.includes(to.address) || to.udpDropped.includes(from.address)) {
    return { state: 'pending' };
  }
  return { state: 'established' };
}

function passwordWords(ours, theirs) {
  if (ours.password !== '' && theirs.password !== '') return 'Unable to decrypt TCP msg';
  return ours.password === ''
    ? 'no password specificed, but peer requested an encrypted connection'
    : 'password specified, but peer requested an unencrypted connection';
}

/** Hosts that packets reach from `start`, directly or through other routers. */
export function reachable(lan, start) {
  const seen = new Map([[start.address, start]]);
  const queue = [start];
  while (queue.length > 0) {
    const host = queue.shift();
    if (!isRunning(host)) continue;
    const names = connectionsOf(lan, host)
      .filter(({ state }) => state === 'established')
      .map(({ peer }) => peer);
    for (const other of lan.hosts()) {
      if (seen.has(other.address) || !isRunning(other)) continue;
      if (!names.includes(router(other).name)) continue;
      seen.set(other.address, other);
      queue.push(other);
    }
  }
  return [...seen.values()];
}
