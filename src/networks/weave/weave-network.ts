import { CrossflockError } from '../../errors/crossflock-error.js';
import { parseNetwork } from '../../plan/addressing.js';
import type { NetworkPlan } from '../../plan/types.js';
import { asRoot } from '../../ports/host.js';
import type { Host } from '../../ports/host.js';
import type { HostProbe } from '../../ports/host-probe.js';
import type { MarathonApp } from '../../ports/marathon-app.js';
import type {
  MemberPort,
  NetworkChange,
  NetworkMember,
  PairReport,
  SeenMember,
  VirtualNetwork,
} from '../../ports/virtual-network.js';
import { exposedAddress } from './addresses.js';
import { applyChange, failureOf } from './apply.js';
import type { WeaveChange } from './change.js';
import { hideCommand, resetCommand } from './command.js';
import type { CommandContext, WeaveCommand } from './command.js';
import { measurePairs } from './measure.js';
import { obstaclesOf } from './obstacles.js';
import { planChanges, planLeaveChanges } from './plan.js';
import { weaveProbe } from './probe.js';
import { PROXY_SOCKET, SPEC_LABEL, WEAVE_PORT, weaveSettings } from './settings.js';
import { isRunning } from './state.js';
import type { WeaveState } from './state.js';

/** Where Weave's own installation instructions put the script. */
const SCRIPT_PATH = '/usr/local/bin/weave';

/**
 * Weave Net across hosts. A container has its address by the environment variable `WEAVE_CIDR`,
 * which Weave's proxy for Docker's API reads when the container is created and started.
 */
export class WeaveNetwork implements VirtualNetwork<WeaveState> {
  readonly driver = 'weave';
  /** None: Weave's images have a registry of their own, and `plan` says which are missing. */
  readonly images: readonly string[] = [];
  readonly ports: readonly MemberPort[] = [
    { protocol: 'tcp', port: WEAVE_PORT },
    { protocol: 'udp', port: WEAVE_PORT },
    { protocol: 'udp', port: WEAVE_PORT + 1 },
  ];
  /**
   * Socket on the host through which containers of this network have to be created and started.
   * Everything else (inspect, logs, exec, wait, events) belongs on Docker's own: through the proxy,
   * these come back empty or fail with newer engines.
   */
  readonly createSocket = PROXY_SOCKET;
  readonly #context: CommandContext;

  /** @param scriptPath where Weave's script is, or is put, on every host */
  constructor(plan: NetworkPlan, scriptPath = SCRIPT_PATH) {
    this.#context = { settings: weaveSettings(plan), script: scriptPath, engine: undefined };
  }

  probe(): HostProbe<WeaveState> {
    return weaveProbe(this.#context);
  }

  /**
   * What is in the way on one host, in words with what to do; empty where all is well. Known before
   * anything is installed. Pure.
   */
  obstacles(member: Pick<NetworkMember, 'id'>, state: WeaveState): readonly string[] {
    const found = obstaclesOf(this.#context.settings, member, state);
    return found.map(({ text, hint }) => `${text}: ${hint}`);
  }

  plan(members: readonly SeenMember<WeaveState>[]): readonly WeaveChange[] {
    return planChanges(this.#context.settings, members);
  }

  planLeave(members: readonly SeenMember<WeaveState>[], leaving: string): readonly WeaveChange[] {
    return planLeaveChanges(this.#context.settings, members, leaving);
  }

  async apply(member: NetworkMember, change: NetworkChange, signal: AbortSignal): Promise<void> {
    if (!isWeaveChange(change)) {
      throw new CrossflockError('a change of another network was given to weave', {
        code: 'unexpected',
      });
    }
    await applyChange(member, change, this.#context, signal);
  }

  /**
   * Removes the router of this deployment. One that somebody else launched stays as it is, but for
   * the host's address in this network. The script and the images stay on the host.
   */
  async remove(host: Host, signal: AbortSignal): Promise<void> {
    const { settings } = this.#context;
    const root = asRoot(host);
    const { script, env, parse } = this.probe();
    const seen = await root.run(['sh', '-s'], { stdin: script, signal, ...(env && { env }) });
    const state = parse(seen.stdout);
    if (state.container === undefined) return;
    const context = { ...this.#context, engine: state.engine };
    const isOurs = state.container.labels['crossflock.deployment'] === settings.deployment;
    if (isOurs && state.container.labels[SPEC_LABEL] !== undefined) {
      await this.#run(root, resetCommand(context, isRunning(state)), signal);
      return;
    }
    const address = exposedAddress(settings.cidr, state);
    if (address === undefined || !isRunning(state)) return;
    await this.#run(root, hideCommand(context, `${address}/${this.#prefix()}`), signal);
  }

  measure(
    from: SeenMember<WeaveState>,
    to: readonly SeenMember<WeaveState>[],
    signal: AbortSignal,
  ): Promise<readonly PairReport[]> {
    return measurePairs(from, to, { context: this.#context, signal });
  }

  decorate(app: MarathonApp, ip: string): MarathonApp {
    const { docker } = app.container;
    const parameters = docker.parameters.filter(({ key }) => key !== 'ip');
    return {
      ...app,
      container: { ...app.container, docker: { ...docker, parameters } },
      env: { ...app.env, WEAVE_CIDR: `${ip}/${this.#prefix()}` },
      // Weave leaves containers on networks with a name alone, and on the host's.
      networks: [{ mode: 'container/bridge' }],
      // The old task must be gone before the new one starts: an address is one container's.
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    };
  }

  #prefix(): string {
    const parsed = parseNetwork(this.#context.settings.cidr);
    return parsed.ok ? String(parsed.network.prefix) : '32';
  }

  async #run(host: Host, command: WeaveCommand, signal: AbortSignal): Promise<void> {
    const { argv, env } = command;
    const result = await host.run(argv, { env, signal, timeoutMs: 120_000 });
    if (result.exitCode !== 0) throw failureOf(host, command, result);
  }
}

function isWeaveChange(change: NetworkChange): change is WeaveChange {
  return 'action' in change && 'engine' in change;
}
