// The `weave` command of the stand-in. What it answers, and where that was seen: stand-in.md.
import { isRunning } from './links.mjs';
import { launch, resolveFault } from './launch.mjs';
import { connectionLines, reportOf, statusText } from './reports.mjs';

const USAGE = `Usage:

weave --help | help
      setup
      version

weave launch        [--password <pass>] [--name <mac>] [--nickname <nickname>] [--no-dns]
                    [--ipalloc-range <cidr>] [--plugin=false] [--no-default-ipalloc] <peer> ...
weave connect       [--replace] [<peer> ...]
      forget        <peer> ...
weave expose        [<addr> ...]
      hide          [<addr> ...]
weave status        [targets | connections]
      report
      env
weave stop
weave reset         [--force]
      rmpeer        <peer_id> ...

This is a stand-in for tests that answers like Weave Net; it is not Weave Net.
`;
const NOT_RUNNING = 'Weave is not running (ignore on Kubernetes).\n';

/** Runs `weave <args>`; returns `{exit, stdout, stderr}`. The caller saves `host`. */
export function weave({ lan, host, args, env }) {
  const [command, ...rest] = args;
  const call = { lan, host, args: rest, env, api: apiOf(host, env), images: imagesOf(host, env) };
  if (['--help', 'help'].includes(command)) return { exit: 0, stderr: USAGE };
  const missing = dockerFault(call);
  if (missing !== undefined) return missing;
  const known = Object.hasOwn(COMMANDS, command ?? '') ? COMMANDS[command] : undefined;
  if (command === undefined) return { exit: 1, stderr: USAGE };
  if (known === undefined) {
    return { exit: 1, stderr: `Unknown weave command '${command}'\n${USAGE}` };
  }
  return known(call);
}

/** Which API of Docker the programs inside the images speak, and what the engine says to that. */
function apiOf(host, env) {
  const number = (version) => Number(version.split('.')[1]);
  const isOriginal = host.version === '2.8.1';
  const spoken = isOriginal ? '1.18' : (env.DOCKER_API_VERSION ?? '1.24');
  const minimum = host.engine?.MinAPIVersion ?? '1.12';
  const olderThan = (version) => number(version) < number(minimum);
  const refusalOf = (version) =>
    `API error (400): client version ${version} is too old. Minimum supported API version is ${minimum}, please upgrade your client to a newer version`;
  const spokenByRouter = (routerEnv) => {
    if (isOriginal) return '1.18';
    const given = routerEnv.find((word) => word.startsWith('DOCKER_API_VERSION='));
    return given?.split('=')[1] ?? '1.24';
  };
  const isTooOld = olderThan(spoken);
  return { olderThan, refusalOf, spokenByRouter, isTooOld, refusal: refusalOf(spoken) };
}

function imagesOf(host, env) {
  const prefix = env.DOCKERHUB_USER ?? (host.version === '2.8.1' ? 'weaveworks' : 'rajchaudhuri');
  const tag = env.WEAVE_VERSION ?? host.version;
  const base = `${prefix}/weave`;
  return { base, router: `${base}:${tag}`, exec: `${prefix}/weaveexec:${tag}` };
}

/** Every command is a container of the image weaveexec. */
function dockerFault({ host, env, images }) {
  if (host.engine === null) {
    const stderr =
      "docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?.\nSee 'docker run --help'.\n";
    return { exit: 125, stderr };
  }
  const [, newest] = host.engine.ApiVersion.split('.').map(Number);
  const asked = env.DOCKER_API_VERSION;
  if (asked !== undefined && Number(asked.split('.')[1]) > newest) {
    const stderr = `docker: Error response from daemon: client version ${asked} is too new. Maximum supported API version is ${host.engine.ApiVersion}.\nSee 'docker run --help'.\n`;
    return { exit: 125, stderr };
  }
  if (host.images.includes(images.exec)) return undefined;
  const stderr = `Unable to find image '${images.exec}' locally\ndocker: Error response from daemon: Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: i/o timeout.\nSee 'docker run --help'.\n`;
  return { exit: 125, stderr };
}

function down({ host }, exit) {
  const words =
    host.container === null ? 'is not present. Have you launched it?' : 'is not running.';
  return { exit, stderr: `weave container ${words}\n` };
}

/** A command that asks the router; `exit` is what it ends with where there is none. */
function asking(exit, answer) {
  return (call) => (isRunning(call.host) ? answer(call) : down(call, exit));
}

function status({ lan, host, args: [what] }) {
  if (what === undefined) return { exit: 0, stdout: statusText(lan, host) };
  if (what === 'connections') return { exit: 0, stdout: connectionLines(lan, host).join('') };
  if (what === 'targets') {
    const lines = host.container.router.targets.map((target) => `${target}\n`);
    return { exit: 0, stdout: lines.join('') };
  }
  return { exit: 1, stderr: `Invalid 'weave status' sub-command: ${what}\n${USAGE}` };
}

const COMMANDS = {
  version: ({ host }) => ({
    exit: 0,
    stdout: `weave script ${host.version}\nweave ${host.version}\n`,
  }),
  launch: (call) => launch(call),
  connect: asking(7, ({ lan, host, args }) => {
    const peers = args.filter((arg) => arg !== '--replace');
    if (args.length === 0) return { exit: 1, stderr: USAGE };
    const fault = peers.map((peer) => resolveFault(lan, peer)).find((text) => text !== undefined);
    if (fault !== undefined) return { exit: 1, stderr: `${fault}\n` };
    const { router } = host.container;
    const former = args.includes('--replace') ? [] : router.targets;
    router.targets = [...new Set([...former, ...peers])];
    return { exit: 0 };
  }),
  forget: asking(7, ({ host, args }) => {
    if (args.length === 0) return { exit: 1, stderr: USAGE };
    const { router } = host.container;
    router.targets = router.targets.filter((target) => !args.includes(target));
    return { exit: 0 };
  }),
  report: asking(7, ({ lan, host }) => ({
    exit: 0,
    stdout: JSON.stringify(reportOf(lan, host), undefined, 4),
  })),
  // The summary begins and ends with an empty line, whatever is between them.
  status: (call) => {
    if (isRunning(call.host)) return status(call);
    return { ...down(call, 1), ...(call.args.length === 0 ? { stdout: '\n\n' } : {}) };
  },
  env: asking(0, () => ({
    exit: 0,
    stdout: 'export DOCKER_HOST=unix:///var/run/weave/weave.sock ORIG_DOCKER_HOST=\n',
  })),
  expose: asking(7, ({ host, args: [cidr = ''] }) => {
    if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(cidr)) return { exit: 1, stderr: USAGE };
    const owner = host.claims[cidr];
    if (owner !== undefined) {
      return { exit: 1, stderr: `Unable to claim: address ${cidr} already in use by ${owner}\n` };
    }
    host.exposed = [...new Set([...host.exposed, cidr])];
    return { exit: 0, stdout: `${cidr.split('/')[0]}\n` };
  }),
  hide: ({ host, args: [cidr = ''] }) => {
    host.exposed = host.exposed.filter((address) => address !== cidr);
    return { exit: 0, stdout: `${cidr.split('/')[0]}\n` };
  },
  rmpeer: asking(1, ({ args }) =>
    args.length === 0
      ? { exit: 1, stderr: USAGE }
      : { exit: 0, stdout: args.map((peer) => `0 IPs taken over from ${peer}\n`).join('') },
  ),
  stop: ({ host, api }) => {
    // It says so even when the engine refused to talk and the router runs on.
    if (api.isTooOld) {
      return { exit: 0, stderr: `unable to connect to docker: ${api.refusal}\n${NOT_RUNNING}` };
    }
    if (!isRunning(host)) return { exit: 0, stderr: NOT_RUNNING };
    host.container.state = 'exited';
    return { exit: 0 };
  },
  reset: ({ host, args }) => {
    const forced = args.includes('--force');
    const wasRunning = isRunning(host);
    if (host.container !== null && !wasRunning && !forced) {
      const stderr =
        'ERROR: weave is not running; unable to remove from cluster.\nRe-launch weave before reset or use --force to override.\n';
      return { exit: 1, stderr };
    }
    Object.assign(host, { container: null, bridge: 'none', exposed: [], log: [] });
    return { exit: 0, stderr: wasRunning ? '' : NOT_RUNNING };
  },
};
