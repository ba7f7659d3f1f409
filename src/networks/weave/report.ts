import { CrossflockError } from '../../errors/crossflock-error.js';

/** What `weave report` says, as far as it matters here. */
export interface WeaveReport {
  readonly version: string;
  /** The router's own name among the peers, such as `ce:46:72:24:19:80`. */
  readonly name: string;
  readonly nickname: string;
  readonly encrypted: boolean;
  readonly allocationRange: string;
  /** Addresses it keeps trying to connect to, as they were given to it. */
  readonly targets: readonly string[];
  readonly connections: readonly Connection[];
  /** Everyone it knows, itself included: connected, or holding a part of the allocation range. */
  readonly peers: readonly { readonly name: string; readonly nickname: string }[];
  /** Names of the peers it has a way to, directly or through others. */
  readonly routes: readonly string[];
  /** Where the proxy for Docker's API listens, such as `unix:///var/run/weave/weave.sock`. */
  readonly proxy: readonly string[];
}

/** A connection to another router. */
export interface Connection {
  /** Of the far side, with a port; for one that was accepted, a port of no meaning. */
  readonly address: string;
  readonly outbound: boolean;
  /** `established`, `pending`, `connecting`, `retrying` or `failed`. */
  readonly state: string;
  /** The error of a connection that is not up, without its retry time; otherwise empty. */
  readonly error: string;
  /** The far side's name, once it is known. */
  readonly peer: string | undefined;
  /** The largest packet that passes, as Weave measured it; undefined until it did. */
  readonly mtu: number | undefined;
}

/** Weave's MTU of a connection over which nothing was measured yet. */
const UNMEASURED_MTU = 65_535;

/** Reads what `weave report` or `GET /report` answers. Throws `unexpected`. */
export function parseReport(text: string): WeaveReport {
  const root = parseJson(text);
  const router = record(root['Router']);
  const ipam = record(root['IPAM']);
  if (textOf(router['Name']) === '') throw unreadable(text, undefined);
  const entries = list(ipam['Entries']).map((entry) => ({
    name: textOf(entry['Peer']),
    nickname: textOf(entry['Nickname']),
  }));
  const peers = list(router['Peers']).map((peer) => ({
    name: textOf(peer['Name']),
    nickname: textOf(peer['NickName']),
  }));
  return {
    version: textOf(root['Version']),
    name: textOf(router['Name']),
    nickname: textOf(router['NickName']),
    encrypted: router['Encryption'] === true,
    allocationRange: textOf(ipam['Range']),
    targets: texts(router['Targets']),
    connections: list(router['Connections']).map(connectionOf),
    peers: [...peers, ...entries],
    routes: list(router['UnicastRoutes']).map((route) => textOf(route['Dest'])),
    proxy: texts(record(root['Proxy'])['Addresses']),
  };
}

function connectionOf(fields: Fields): Connection {
  const [state, info] = [textOf(fields['State']), textOf(fields['Info'])];
  const mtu = record(fields['Attrs'])['mtu'];
  const isUp = state === 'established' || state === 'pending';
  return {
    address: textOf(fields['Address']),
    outbound: fields['Outbound'] === true,
    state,
    // An error can contain names as well: `local "…(a)" and remote "…(b)" peer names collision`.
    error: isUp ? '' : info.replace(/, retry: .*$/s, '').trim(),
    peer: isUp ? /\b((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\(/.exec(info)?.[1] : undefined,
    mtu: typeof mtu === 'number' && mtu !== UNMEASURED_MTU ? mtu : undefined,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseJson(text: string): Fields {
  try {
    return record(JSON.parse(text));
  } catch (cause) {
    throw unreadable(text, cause);
  }
}

function record(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

/** Go writes an empty list as null. */
function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function unreadable(text: string, cause: unknown): CrossflockError {
  const start = text.replace(/\s+/g, ' ').slice(0, 80);
  return new CrossflockError(`cannot read what weave printed: ${start}`, {
    code: 'unexpected',
    cause,
  });
}
