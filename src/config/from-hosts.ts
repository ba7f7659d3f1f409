import type { Problem } from '../errors/problem.js';
import { parseAddress } from '../plan/addressing.js';
import { optional } from '../util/optional.js';
import { nearest } from './suggest.js';

/** What stands on the command line in place of a configuration, as it was typed. */
export interface HostOptions {
  /** Address of the first cluster's host, which is its master and its agent. */
  readonly master?: string;
  /** Addresses of hosts of other clouds, with commas between. */
  readonly peers?: string;
  /** Cores to compile Mesos with. */
  readonly cores?: string;
  readonly install?: string;
  /** Who logs in; otherwise OpenSSH's own configuration says so. */
  readonly user?: string;
  readonly network?: string;
}

export interface HostsConfiguration {
  /** There unless a problem was found. */
  readonly document?: object;
  readonly problems: readonly Problem[];
}

const INSTALLS = ['images', 'source'];
const DRIVERS = ['wireguard', 'weave'];
const CIDR = '172.16.0.0/24';
/** As `clusters[].hosts[].address` and `ssh.user` of the schema have it. */
const ADDRESS = /^[A-Za-z0-9:][A-Za-z0-9._:%-]*$/;
const USER = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/;

/**
 * The configuration that a list of hosts amounts to: each one a cluster of its own with all of
 * Mesos, joined by the virtual network, as each host was that ran the original's `setup.sh`. Pure;
 * finds everything that is wrong with the options.
 */
export function hostsConfiguration(options: HostOptions): HostsConfiguration {
  const peers = options.peers?.split(',').map((peer) => peer.trim());
  const problems = [
    ...masterProblems(options.master),
    ...(peers ?? []).flatMap((peer, at) =>
      peerProblems(peer, [options.master, ...(peers ?? [])], at),
    ),
    ...settingProblems(options),
  ];
  if (problems.length > 0) return { problems };
  const addresses = [options.master ?? '', ...(peers ?? [])];
  const engine = engineOf(options);
  return {
    problems,
    document: {
      ...optional('ssh', options.user === undefined ? undefined : { user: options.user }),
      clusters: addresses.map((address, index) => ({
        id: `cloud${index + 1}`,
        engine,
        hosts: [{ address, role: 'both' }],
      })),
      containers: [],
      network: { cidr: CIDR, driver: options.network ?? DRIVERS[0] },
    },
  };
}

/** Cores are for compiling, so whoever gives them wants that, as with `setup.sh -n`. */
function engineOf({ install, cores }: HostOptions): object | string {
  const isSource = install === 'source' || cores !== undefined;
  if (!isSource) return 'mesos';
  const number = cores === undefined ? undefined : Number(cores);
  return { type: 'mesos', install: 'source', ...optional('cores', number) };
}

function masterProblems(master: string | undefined): readonly Problem[] {
  if (master !== undefined) return addressProblem('--master', master);
  const fix = 'write the address of the first host, or give a configuration with -c';
  return [{ severity: 'error', path: '--master', message: 'is missing', fix }];
}

/** @param all the master and all peers, `at` places before the peer */
function peerProblems(
  peer: string,
  all: readonly (string | undefined)[],
  at: number,
): readonly Problem[] {
  const wrong = addressProblem('--peers', peer);
  if (wrong.length > 0) return wrong;
  const first = all.indexOf(peer);
  if (first === at + 1) return [];
  const message = first === 0 ? 'is the master too' : 'is written twice';
  return [problem('--peers', peer, message, 'write each host once')];
}

function addressProblem(path: string, text: string): readonly Problem[] {
  if (text.trim() === '') {
    const fix = 'write the address of a host, such as 192.0.2.10';
    return [problem(path, text, 'is empty', path === '--peers' ? `${fix}, or no comma` : fix)];
  }
  const [before, after] = text.split('@');
  if (after !== undefined && before !== '') {
    return [
      problem(
        path,
        text,
        'is more than an address',
        `write ${after}, and the user with --user ${before}`,
      ),
    ];
  }
  const isNumbers = /^[\d.]+$/.test(text);
  if (ADDRESS.test(text) && (!isNumbers || parseAddress(text) !== undefined)) return [];
  const fix = 'write a name, an alias of the SSH configuration, or an address such as 192.0.2.10';
  return [problem(path, text, 'is no address of a host', fix)];
}

function settingProblems({ cores, install, user, network }: HostOptions): readonly Problem[] {
  const problems = [
    oneOf('--install', install, INSTALLS),
    oneOf('--network', network, DRIVERS),
    cores === undefined || /^[1-9]\d{0,3}$/.test(cores)
      ? undefined
      : problem('--cores', cores, 'is no number of cores', 'write a whole number from 1'),
    cores !== undefined && install === 'images'
      ? problem('--cores', cores, 'is for compiling', 'write --install source, or remove it')
      : undefined,
    user === undefined || USER.test(user)
      ? undefined
      : problem('--user', user, 'is no user name', 'write the user to log in as, such as ubuntu'),
  ];
  return problems.filter((found) => found !== undefined);
}

function oneOf(
  path: string,
  value: string | undefined,
  known: readonly string[],
): Problem | undefined {
  if (value === undefined || known.includes(value)) return undefined;
  const fix = `write ${nearest(value, known) ?? known.join(' or ')}`;
  return problem(path, value, `is neither ${known.join(' nor ')}`, fix);
}

function problem(path: string, value: string, message: string, fix: string): Problem {
  return { severity: 'error', path, value: JSON.stringify(value), message, fix };
}
