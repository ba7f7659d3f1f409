import { CrossflockError } from '../../src/errors/crossflock-error.js';
import type { HostProbe } from '../../src/ports/host-probe.js';
import type { Host } from '../../src/ports/host.js';
import type { MarathonApp } from '../../src/ports/marathon-app.js';
import type {
  MemberReport,
  NetworkChange,
  NetworkMember,
  PairReport,
  SeenMember,
  VirtualNetwork,
} from '../../src/ports/virtual-network.js';

export interface FakeState {
  readonly launched: boolean;
  /** Ids of the members that it knows. */
  readonly peers: readonly string[];
}

interface FakeChange extends NetworkChange {
  readonly peers: readonly string[];
}

/**
 * A network in memory, as strict as the real ones: the specification, checked by
 * fake-network.test.ts.
 *
 * - every host is asked by a probe of the id `fake-network`, whose answer is what this object holds
 *   of the member; a host that cannot be asked has no state.
 * - `plan` launches what is not launched, and makes each launched member know all others that are
 *   launched or unknown; `planLeave` takes a member out of all that know it, and itself last.
 * - a change that does not fit (a peer before the launch, a member that was never made, the change of
 *   another driver) throws: so does everything of a member in `broken`, when it is applied.
 * - what two members in `cut` send each other does not arrive.
 */
export class FakeNetwork implements VirtualNetwork<FakeState> {
  readonly driver = 'wireguard';
  readonly images = [];
  readonly ports = [{ protocol: 'udp', port: 51820 }] as const;
  createSocket?: string;
  readonly states = new Map<string, FakeState>();
  /** `phase member`, in the order in which they were made. */
  readonly applied: string[] = [];
  readonly broken = new Set<string>();
  readonly cut = new Set<string>();

  /** Members that are up and know each other. */
  with(...ids: readonly string[]): this {
    for (const id of ids) {
      this.states.set(id, { launched: true, peers: ids.filter((other) => other !== id) });
    }
    return this;
  }

  probe({ id }: NetworkMember): HostProbe<FakeState> {
    const parse = (): FakeState => this.states.get(id) ?? { launched: false, peers: [] };
    return { id: 'fake-network', script: 'true', parse };
  }

  plan(members: readonly SeenMember<FakeState>[]): readonly FakeChange[] {
    return members.flatMap(({ member, state }): readonly FakeChange[] => {
      if (state === undefined) return [];
      const others = members.filter((other) => other.member !== member);
      const missing = others
        .filter((other) => other.state?.launched !== false)
        .map((other) => other.member.id)
        .filter((id) => !state.peers.includes(id));
      return [
        ...(state.launched ? [] : [change('launch', member.id, [])]),
        ...(missing.length === 0 ? [] : [change('connect', member.id, missing)]),
      ];
    });
  }

  planLeave(members: readonly SeenMember<FakeState>[], leaving: string): readonly FakeChange[] {
    const others = members.filter(
      ({ member, state }) => member.id !== leaving && state?.peers.includes(leaving) === true,
    );
    const own = members.find(({ member }) => member.id === leaving);
    return [
      ...others.map(({ member }) => change('leave', member.id, [leaving])),
      ...(own?.state?.launched === true ? [change('leave', leaving, [leaving])] : []),
    ];
  }

  describe(members: readonly SeenMember<FakeState>[]): readonly MemberReport[] {
    return members.flatMap(({ member: { id }, state }): readonly MemberReport[] => {
      if (state === undefined) return [];
      const known = state.peers.length;
      if (!state.launched) return [{ id, known, state: 'absent' }];
      return [{ id, known, state: 'up', gateway: '10.77.0.254' }];
    });
  }

  apply(member: NetworkMember, made: NetworkChange): Promise<void> {
    const { id } = member;
    if (this.broken.has(id)) return Promise.reject(failure(`${id} broke down`, 'command-failed'));
    if (!('peers' in made)) return Promise.reject(failure('not a change of the fake network'));
    const { phase, peers } = made as FakeChange;
    if (made.memberId !== id) return Promise.reject(failure(`${made.memberId} is not ${id}`));
    const state = this.states.get(id);
    if (phase === 'launch') {
      if (state?.launched === true) return Promise.reject(failure(`${id} is launched already`));
      this.states.set(id, { launched: true, peers: [] });
    } else if (state?.launched !== true) {
      return Promise.reject(failure(`${id} is not launched`));
    } else if (phase === 'connect') {
      this.states.set(id, { launched: true, peers: [...state.peers, ...peers] });
    } else if (peers.includes(id)) {
      this.states.delete(id);
    } else {
      const left = state.peers.filter((peer) => !peers.includes(peer));
      this.states.set(id, { launched: true, peers: left });
    }
    this.applied.push(`${phase} ${id}`);
    return Promise.resolve();
  }

  remove(host: Host): Promise<void> {
    this.states.delete(host.name);
    return Promise.resolve();
  }

  measure(
    from: SeenMember<FakeState>,
    to: readonly SeenMember<FakeState>[],
  ): Promise<readonly PairReport[]> {
    const own = from.member.id;
    if (from.state === undefined) return Promise.reject(failure(`${own} was not asked`));
    return Promise.resolve(
      to.map(({ member: { id }, state }) => {
        const pair = { from: own, to: id };
        const isCut = this.cut.has(own) && this.cut.has(id);
        if (state === undefined || isCut) {
          const why = `no handshake with ${id}`;
          return {
            ...pair,
            reachable: false,
            why,
            ...(state !== undefined && { isBlocked: true }),
          };
        }
        return { ...pair, reachable: true, latencyMs: 1.26, mtu: 1370, handshakeSeconds: 42 };
      }),
    );
  }

  decorate(app: MarathonApp, ip: string): MarathonApp {
    return { ...app, labels: { ...app.labels, 'fake.ip': ip } };
  }
}

function change(
  phase: NetworkChange['phase'],
  memberId: string,
  peers: readonly string[],
): FakeChange {
  const action = { launch: 'create', connect: 'update', leave: 'delete' } as const;
  const view = { action: action[phase], kind: 'network', target: memberId };
  return { view, phase, memberId, peers };
}

function failure(message: string, code: 'unexpected' | 'command-failed' = 'unexpected') {
  return new CrossflockError(message, { code });
}
