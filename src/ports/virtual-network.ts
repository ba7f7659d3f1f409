import type { HostProbe } from './host-probe.js';
import type { Host } from './host.js';
import type { MarathonApp } from './marathon-app.js';
import type { ChangeView } from './reporter.js';

/** A host as a member of the virtual network. */
export interface NetworkMember {
  /** Its id in the configuration. */
  readonly id: string;
  readonly clusterId: string;
  readonly host: Host;
  /** Where members of other clusters reach it. */
  readonly address: string;
  /** Where members of its own cluster reach it. */
  readonly privateAddress: string;
}

/** A member with what was seen on it; undefined where it could not be asked. */
export interface SeenMember<State = unknown> {
  readonly member: NetworkMember;
  readonly state: State | undefined;
}

export interface NetworkChange {
  readonly view: ChangeView;
  /** Id of the member that it is made on. */
  readonly memberId: string;
  /**
   * `launch` makes a member ready by itself; `connect` makes it know the others, and can be planned
   * in full only when all of them are launched; `leave` takes something away.
   */
  readonly phase: 'launch' | 'connect' | 'leave';
}

/** One direction between two members. Times in milliseconds and seconds, sizes in bytes. */
export interface PairReport {
  readonly from: string;
  readonly to: string;
  readonly reachable: boolean;
  readonly latencyMs?: number;
  /** The largest packet that passes from container to container. */
  readonly mtu?: number;
  /** Seconds since the two last agreed on keys. */
  readonly handshakeSeconds?: number;
  /** Why not, or what is odd, in words. */
  readonly why?: string;
  /**
   * Both ends are up and packets of one do not arrive at the other: something in between drops them,
   * such as a firewall.
   */
  readonly isBlocked?: true;
}

/** What a member is in the network, from what was seen on all of them. */
export interface MemberReport {
  readonly id: string;
  /** `absent`: not launched; `down`: launched, and it does not run. */
  readonly state: 'up' | 'down' | 'absent';
  /** Its own address in the network, which its containers have as their gateway. */
  readonly gateway?: string;
  /** How many of the other members it knows. */
  readonly known: number;
  /** What is odd, in words. */
  readonly why?: string;
}

/** A port on which members must reach each other. */
export interface MemberPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** How containers get their virtual IPs, and what has to be on each host for it. */
export interface VirtualNetwork<State = unknown> {
  readonly driver: 'bridge' | 'wireguard' | 'weave';
  /** Images that every member must have. */
  readonly images: readonly string[];
  /** Ports that firewalls between the members have to let through. */
  readonly ports: readonly MemberPort[];
  /**
   * Path of the socket on a member through which its containers have to be created and started,
   * where that is not Docker's own. It is there once the member is launched; its folder stays the
   * same, while the socket in it may be another one after a restart.
   */
  readonly createSocket?: string;
  /** Looks at what is on a member. */
  probe(member: NetworkMember): HostProbe<State>;
  /**
   * What is in the way on a member, in words with what to do, known before anything is changed
   * there; empty where all is well. Pure.
   */
  obstacles?(member: NetworkMember, state: State): readonly string[];
  /**
   * What is missing or different; pure. Members whose state is unknown keep all that others have of
   * them: nothing is removed because a host cannot be reached.
   * @throws CrossflockError `refused` where something is in the way that must not be changed
   */
  plan(members: readonly SeenMember<State>[]): readonly NetworkChange[];
  /** What takes one member out: on itself, where it was seen, and on all others. Pure. */
  planLeave(members: readonly SeenMember<State>[], leaving: string): readonly NetworkChange[];
  /** What each member that was seen is in the network. Pure. */
  describe?(members: readonly SeenMember<State>[]): readonly MemberReport[];
  apply(member: NetworkMember, change: NetworkChange, signal: AbortSignal): Promise<void>;
  /** Takes the whole network off a host; a network that is not there is fine. */
  remove(host: Host, signal: AbortSignal): Promise<void>;
  /** Tries the ways from one member to others, with real packets. */
  measure(
    from: SeenMember<State>,
    to: readonly SeenMember<State>[],
    signal: AbortSignal,
  ): Promise<readonly PairReport[]>;
  /** The app with its virtual IP; pure. `ip` is an address inside the network's CIDR. */
  decorate(app: MarathonApp, ip: string): MarathonApp;
}
