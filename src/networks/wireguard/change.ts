import type { NetworkChange } from '../../ports/virtual-network.js';
import type { WantedNetwork } from '../docker-network.js';

import type { Place } from './settings.js';
import type { PeerRecord } from './state.js';

/** What to do on a member. */
export type Action =
  | { readonly type: 'create-network'; readonly network: WantedNetwork }
  | AgentAction
  /** `unknown`: ids of peers whose keys are not made yet. */
  | {
      readonly type: 'add-peers';
      readonly peers: readonly PeerRecord[];
      readonly unknown: readonly string[];
    }
  /** `peers`: the public keys and the id that it is known by. */
  | { readonly type: 'forget-peer'; readonly peers: readonly string[] }
  | { readonly type: 'leave' };

/** About the container of the network. */
export type AgentAction =
  /** Starts it anew; `replaces`: one is there. `hasTun`: the host has a `/dev/net/tun`. */
  | {
      readonly type: 'run-agent';
      readonly place: Place;
      readonly replaces: boolean;
      readonly hasTun: boolean;
    }
  | { readonly type: 'start-agent' }
  /** Has it look at everything again. */
  | { readonly type: 'repair' };

export interface WireguardChange extends NetworkChange {
  readonly action: Action;
}
