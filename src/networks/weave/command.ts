import type { EngineVersion } from './engine-fit.js';
import { engineFit } from './engine-fit.js';
import type { WeaveSettings } from './settings.js';
import { CONTAINER_MTU, isFork, peerName, SPEC_LABEL, specHash } from './settings.js';
import type { WeaveState } from './state.js';

/** A command line and what is added to its environment, where secrets go. */
export interface WeaveCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Builds the command lines of one host. All of it pure. */
export interface CommandContext {
  readonly settings: WeaveSettings;
  /** Path of Weave's script on the host. */
  readonly script: string;
  /** Undefined where it is not known: Weave's own default is then taken. */
  readonly engine: EngineVersion | undefined;
}

/**
 * The environment of every `weave` command.
 *
 * - `WEAVE_VERSION`: without it the script inside the image may look for images tagged `latest`.
 * - `CHECKPOINT_DISABLE`: no call home to ask for newer versions.
 * - `WEAVEEXEC_DOCKER_ARGS`: the fork asks for a terminal, which puts errors on standard output and
 *   a carriage return behind every line.
 * - `DOCKER_API_VERSION`: for engines that no longer accept what the fork's script takes.
 */
export function weaveEnv({ settings, engine }: CommandContext): Readonly<Record<string, string>> {
  const { version, imagePrefix } = settings;
  const api = apiVersion(settings, engine);
  return {
    CHECKPOINT_DISABLE: '1',
    WEAVE_VERSION: version,
    DOCKERHUB_USER: imagePrefix,
    ...(isFork(version) ? { WEAVEEXEC_DOCKER_ARGS: '--tty=false' } : {}),
    ...(api === undefined ? {} : { DOCKER_API_VERSION: api }),
  };
}

function apiVersion(settings: WeaveSettings, engine: EngineVersion | undefined) {
  if (engine === undefined) return undefined;
  const fit = engineFit(engine, settings.version);
  return fit.fits ? fit.apiVersion : undefined;
}

/** What a launch depends on beside the settings. */
export type LaunchFacts = Pick<WeaveState, 'modules' | 'bridge' | 'iptables'>;

/**
 * Launches the router.
 *
 * - `--name`: see `peerName`; `--nickname` is the host's id, so that reports can be read.
 * - `--no-dns`: addresses are in the plan and no part asks for names; with Weave's DNS every
 *   container would ask the router for every name, and would have none while the router is away.
 * - `--no-default-ipalloc`: a container without `WEAVE_CIDR` is left alone, instead of waiting for
 *   an address until a quorum of peers is connected.
 * - `--plugin=false`: nothing here uses Weave's Docker plugin, and where its network is left behind
 *   by a router that died, `weave stop` takes 45 s.
 * - no peers: one that cannot be resolved would end the router; they are connected afterwards.
 */
export function launchCommand(
  context: CommandContext,
  memberId: string,
  facts: LaunchFacts,
): WeaveCommand {
  const { settings, script } = context;
  const { deployment, password, allocationRange } = settings;
  const env = weaveEnv(context);
  const api = env['DOCKER_API_VERSION'];
  // Read by Weave's script, which splits it at blanks: no value of it may contain one.
  const dockerArgs = [
    `--label crossflock.deployment=${deployment}`,
    `--label ${SPEC_LABEL}=${specHash(settings, memberId)}`,
    // The script does not hand its own on to the router.
    ...(api === undefined ? [] : [`-e DOCKER_API_VERSION=${api}`]),
  ];
  return {
    argv: [
      ...[script, 'launch', '--name', peerName(deployment, memberId), '--nickname', memberId],
      ...['--ipalloc-range', allocationRange, '--no-default-ipalloc', '--no-dns', '--plugin=false'],
    ],
    env: {
      ...env,
      WEAVE_MTU: String(CONTAINER_MTU),
      WEAVE_DOCKER_ARGS: dockerArgs.join(' '),
      ...(withoutFastDatapath(facts) ? { WEAVE_NO_FASTDP: '1' } : {}),
      ...(isFork(settings.version) && facts.iptables === 'legacy'
        ? { IPTABLES_BACKEND: 'legacy' }
        : {}),
      ...(password === undefined ? {} : { WEAVE_PASSWORD: password }),
    },
  };
}

/**
 * Whether the router must be told to do without the fast datapath. A bridge that a former router
 * left behind decides: asked for the other kind, the new router ends at once, and for ever.
 * Otherwise the kernel does; in doubt, the kind that always works.
 */
export function withoutFastDatapath({ modules, bridge }: LaunchFacts): boolean {
  if (bridge !== 'none') return bridge === 'bridge';
  return modules.openvswitch !== 'yes';
}

export function connectCommand(context: CommandContext, peers: readonly string[]): WeaveCommand {
  return weave(context, ['connect', ...peers]);
}

/** Takes targets away. A link that is established stays up as long as the far side is there. */
export function forgetCommand(context: CommandContext, peers: readonly string[]): WeaveCommand {
  return weave(context, ['forget', ...peers]);
}

/** Gives the host an address of its own in the network. `address` such as `172.16.0.254/24`. */
export function exposeCommand(context: CommandContext, address: string): WeaveCommand {
  return weave(context, ['expose', address]);
}

export function hideCommand(context: CommandContext, address: string): WeaveCommand {
  return weave(context, ['hide', address]);
}

/**
 * Leaves the cluster and removes the router, its data and the bridge.
 * @param running false: it cannot say good-bye, and without `--force` Weave refuses
 */
export function resetCommand(context: CommandContext, running: boolean): WeaveCommand {
  return weave(context, running ? ['reset'] : ['reset', '--force']);
}

/**
 * Takes over what a peer that is gone for good held of the allocation range. On exactly one of the
 * remaining hosts: a second one would take the same over again.
 */
export function removePeerCommand(context: CommandContext, peer: string): WeaveCommand {
  return weave(context, ['rmpeer', peer]);
}

/** Prints the script's version and, by running its image, the router's. */
export function versionCommand(context: CommandContext): WeaveCommand {
  return weave(context, ['version']);
}

function weave(context: CommandContext, args: readonly string[]): WeaveCommand {
  return { argv: [context.script, ...args], env: weaveEnv(context) };
}
