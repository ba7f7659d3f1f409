import { CrossflockError } from '../../errors/crossflock-error.js';
import type { ErrorDetails } from '../../errors/crossflock-error.js';
import type { RunResult } from '../../ports/host.js';

/** A `weave` or `docker` command that ended with another exit code than 0. */
export interface Failure {
  /** How people call the host. */
  readonly host: string;
  /** The command without its arguments, such as `weave launch`. */
  readonly command: string;
  readonly result: RunResult;
  /** The end of the router's log, where the router died. */
  readonly log?: string;
}

interface Known {
  readonly exitCodes?: readonly number[];
  readonly pattern?: RegExp;
  readonly code: ErrorDetails['code'];
  readonly words: (said: string, match: readonly string[]) => string;
  readonly hint?: string;
  readonly retryable?: boolean;
}

const RESET =
  'remove what is there with "weave reset --force" (it detaches running containers), then run the command again';

/** What weave's commands were seen to end with; the first that fits is it. */
const KNOWN: readonly Known[] = [
  {
    pattern: /client version (\S+) is too old\. Minimum supported API version is (\d+\.\d+)/,
    code: 'refused',
    words: (_said, [, spoken = '?', wanted = '?']) =>
      `it speaks docker api ${spoken}, and the docker engine accepts ${wanted} and later`,
    hint: 'write "network.weave.version": "2.9.0" (the maintained fork), or "network.driver": "wireguard"',
  },
  {
    pattern: /permission denied while trying to connect to the docker/i,
    code: 'unauthorized',
    words: () => 'this user may not use docker',
    hint: 'give the user sudo, or put it into the group docker',
  },
  {
    pattern: /cannot connect to the docker daemon/i,
    code: 'unreachable',
    words: () => 'the docker engine does not answer',
    hint: 'start it ("systemctl start docker")',
    retryable: true,
  },
  {
    pattern: /unable to find image '([^']+)'|no such image/i,
    code: 'not-found',
    words: (_said, [, image]) =>
      image === undefined ? 'an image of weave net is missing' : `the image ${image} is missing`,
    hint: 'let the host reach the registry, name another one in "network.weave.image_prefix", or bring the images with "docker load"',
  },
  {
    exitCodes: [127],
    code: 'not-found',
    words: (said) => said,
    hint: 'run "crossflock provision", which installs the script',
  },
  {
    exitCodes: [2],
    pattern: /found another (?:running )?container named/i,
    code: 'refused',
    words: () => 'another container, or another version of weave net, has the name "weave"',
    hint: RESET,
  },
  {
    exitCodes: [3],
    pattern: /already running/i,
    code: 'refused',
    words: () => 'it is already running',
    hint: 'run the command again: a router that is as wanted is left as it is',
  },
  {
    pattern: /Weave Net is already running/,
    code: 'refused',
    words: () => 'weave net runs under another name than "weave"',
    hint: RESET,
  },
  {
    pattern: /unable to remove from cluster/i,
    code: 'refused',
    words: () => 'the router is stopped and cannot leave the cluster',
    hint: 'launch it again, or use "weave reset --force"',
  },
  {
    exitCodes: [7],
    code: 'unavailable',
    words: () => 'the router does not run',
    hint: 'run "crossflock provision", which launches it',
  },
  {
    pattern: /container is not (?:present|running)/i,
    code: 'unavailable',
    words: () => 'the router does not run',
    hint: 'run "crossflock provision", which launches it',
  },
  {
    pattern: /unable to claim: address (\S+) (?:already in use by|is (?:already )?owned by) (\S+)/i,
    code: 'refused',
    words: (_said, [, address = '?', owner = '?']) =>
      `the address ${address} belongs to the container ${owner.slice(0, 12)}`,
    hint: 'remove that container, or give it another address',
  },
  {
    pattern: /no such host|invalid port|unknown port|invalid cidr address/i,
    code: 'invalid-input',
    words: (said) => said,
  },
];

/** The error for a command that failed, by its exit code and its words. Pure. */
export function weaveFailure(failure: Failure): CrossflockError {
  const { host, command, result } = failure;
  const output = `${result.stderr}\n${result.stdout}`.replaceAll('\r', '');
  const cause = new Error(output.trim());
  if (/weave container has died/i.test(output)) return died(failure, cause);
  const said = tellingLine(output) ?? `exit code ${result.exitCode}`;
  for (const known of KNOWN) {
    const match = known.pattern === undefined ? [] : known.pattern.exec(output);
    const isItsCode = known.exitCodes?.includes(result.exitCode) ?? true;
    if (match === null || !isItsCode) continue;
    return new CrossflockError(`${command} failed on ${host}: ${known.words(said, match)}`, {
      code: known.code,
      retryable: known.retryable ?? false,
      ...(known.hint === undefined ? {} : { hint: known.hint }),
      cause,
    });
  }
  return new CrossflockError(`${command} failed on ${host}: ${said}`, {
    code: 'command-failed',
    cause,
  });
}

interface Death {
  readonly pattern: RegExp;
  readonly hint: string;
}

const DEATHS: readonly Death[] = [
  {
    pattern: /creating dummy interface/,
    hint: 'the kernel has no module "dummy", which weave net needs; use "network.driver": "wireguard"',
  },
  {
    pattern: /Existing bridge type/,
    hint: RESET,
  },
  {
    pattern: /client version \S+ is too old/,
    hint: 'write "network.weave.version": "2.9.0" or later',
  },
  {
    pattern: /address already in use|bind:/,
    hint: 'another program has port 6783, 6784 or 6782 ("ss -ltnup" names it): stop it',
  },
];

/** The cause is the last fatal line of the router's log; the log ends without one for a port taken. */
function died({ host, log = '' }: Failure, cause: Error): CrossflockError {
  const lines = log.replaceAll('\r', '').split('\n');
  const fatal = lines.filter((line) => line.startsWith('FATA:')).at(-1);
  const flag = lines.find((line) => line.startsWith('flag provided but not defined'));
  const reason = fatal?.replace(/^FATA: \S+ \S+ /, '') ?? flag;
  const known = DEATHS.find(({ pattern }) => pattern.test(reason ?? ''));
  const words = reason ?? 'its log does not say why; another program may have port 6783';
  return new CrossflockError(`the weave router died at once on ${host}: ${words}`, {
    code: 'command-failed',
    hint: known?.hint ?? 'see "docker logs weave" on the host',
    cause,
  });
}

/** The first line that says something: no usage text, no warning, no pull attempt. */
function tellingLine(output: string): string | undefined {
  const usage = output.indexOf('Usage:');
  const before = usage === -1 ? output : output.slice(0, usage);
  const lines = before.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => line !== '' && !/^(WARNING|See 'docker)/.test(line));
  return telling[0] ?? (usage === -1 ? undefined : 'weave did not understand its arguments');
}
