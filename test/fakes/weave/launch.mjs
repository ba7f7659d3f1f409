// `weave launch`: what it checks, and the ways in which a router ends at once.
import { isRunning } from './links.mjs';

const KNOWN_FLAGS = new Set([
  ...['--no-dns', '--no-default-ipalloc', '--plugin=false', '--proxy=false', '--no-restart'],
  ...['--resume', '--no-discovery', '--without-dns', '--no-rewrite-hosts', '--no-multicast-route'],
]);
const VALUE_FLAGS = new Set(['--name', '--nickname', '--ipalloc-range', '--password', '--host']);
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Returns `{exit, stdout, stderr}` and changes `host`. */
export function launch({ host, lan, args, env, api, images }) {
  const found = host.container;
  const another = found !== null && !found.image.startsWith(`${images.base}:`);
  if (another) {
    const which = isRunning(host) ? 'another running' : 'another';
    return { exit: 2, stderr: `Found ${which} container named 'weave'. Aborting.\n` };
  }
  if (isRunning(host)) {
    const stderr = "weave is already running; you can stop it with 'weave stop'.\n";
    return { exit: 3, stderr };
  }
  if (api.isTooOld) return { exit: 1, stderr: `unable to create container: ${api.refusal}\n` };
  const options = parse(args);
  host.container = newContainer(host, options, { env, images });
  host.log = [`INFO: 2026/11/21 07:49:47.960444 weave  ${host.version} (stand-in for tests)`];
  const end = causeOfDeath({ host, lan, options, env, api });
  if (end !== undefined) {
    host.container.state = 'exited';
    host.log.push(end);
    const stderr =
      'The weave container has died. Consult the container logs for further details.\n';
    return { exit: 1, stderr };
  }
  host.bridge = options.noFastdp ? 'bridge' : host.bridge === 'none' ? kind(host) : host.bridge;
  host.mtu = Number(env.WEAVE_MTU ?? 65535);
  return { exit: 0, stdout: `${'c27217dae3b3aff0'.repeat(4)}\n` };
}

function kind(host) {
  return host.modules.includes('openvswitch') ? 'fastdp' : 'bridge';
}

function parse(args) {
  const options = { peers: [], unknown: undefined, values: {} };
  for (let at = 0; at < args.length; at += 1) {
    const [flag, value] = args[at].split(/=(.*)/s);
    if (VALUE_FLAGS.has(flag)) options.values[flag] = value ?? args[(at += 1)];
    else if (KNOWN_FLAGS.has(args[at])) options[args[at]] = true;
    else if (flag.startsWith('-')) options.unknown ??= args[at];
    else options.peers.push(args[at]);
  }
  return options;
}

function newContainer(host, options, { env, images }) {
  const { values } = options;
  options.noFastdp = (env.WEAVE_NO_FASTDP ?? '') !== '';
  const words = (env.WEAVE_DOCKER_ARGS ?? '').split(/\s+/);
  const labels = {};
  words.forEach((word, at) => {
    if (word !== '--label' && word !== '-l') return;
    const [key, value = ''] = (words[at + 1] ?? '').split(/=(.*)/s);
    labels[key] = value;
  });
  const router = {
    name: values['--name'] ?? host.machineName,
    nickname: values['--nickname'] ?? host.hostname,
    password: values['--password'] ?? env.WEAVE_PASSWORD ?? '',
    range: values['--ipalloc-range'] ?? '10.32.0.0/12',
    targets: options.peers,
    proxy: options['--proxy=false'] !== true,
    env: words.filter((word, at) => words[at - 1] === '-e'),
  };
  return { image: images.router, state: 'running', labels, router };
}

/** The last line of the log of a router that cannot run; undefined for one that can. */
function causeOfDeath({ host, lan, options, env, api }) {
  const fatal = (text) => `FATA: 2026/11/21 08:09:32.200656 ${text}`;
  const { router } = host.container;
  if (options.unknown !== undefined) return `flag provided but not defined: ${options.unknown}`;
  if (!MAC.test(router.name)) return fatal(`invalid peer name format: "${router.name}"`);
  // The script's DOCKER_API_VERSION does not reach the router.
  if (api.olderThan(api.spokenByRouter(router.env))) {
    const words = api.refusalOf(api.spokenByRouter(router.env));
    return fatal(`Could not start proxy: ${words}`);
  }
  if (!host.modules.includes('dummy')) {
    return fatal('creating dummy interface: operation not supported');
  }
  const wanted = (env.WEAVE_NO_FASTDP ?? '') === '' ? 'bridged_fastdp' : 'bridge';
  const present = host.bridge === 'fastdp' ? 'bridged_fastdp' : host.bridge;
  if (present !== 'none' && present !== wanted) {
    return fatal(
      `Existing bridge type "${present}" is different than requested "${wanted}". Please do 'weave reset' and try again`,
    );
  }
  if (!/^\d+\.\d+\.\d+\.\d+\/([0-9]|[12][0-9]|3[0-2])$/.test(router.range)) {
    return fatal(`invalid CIDR address: ${router.range}`);
  }
  const unresolved = options.peers.find((peer) => resolveFault(lan, peer) !== undefined);
  return unresolved === undefined ? undefined : fatal(resolveFault(lan, unresolved));
}

/** Why a peer cannot be made a target; undefined for one that can, reachable or not. */
export function resolveFault(lan, peer) {
  const [name, port] = peer.split(/:(.*)/s);
  if (port !== undefined && !/^\d+$/.test(port)) return `address tcp/${port}: unknown port`;
  if (Number(port) > 65535) return `address ${port}: invalid port`;
  const octets = /^\d+\.\d+\.\d+\.\d+$/.test(name) ? name.split('.').map(Number) : [];
  const isAddress = octets.length === 4 && octets.every((octet) => octet < 256);
  if (isAddress || lan.hosts().some(({ hostname }) => hostname === name)) return undefined;
  return `lookup ${name}: no such host`;
}
