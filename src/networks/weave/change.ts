import type { NetworkChange } from '../../ports/virtual-network.js';
import type { ChangeView } from '../../ports/reporter.js';
import type { EngineVersion } from './engine-fit.js';
import type { LaunchFacts } from './command.js';

/** What is done on a host; the commands are made from it when it is applied. */
export type WeaveAction =
  | { readonly kind: 'install' }
  | { readonly kind: 'pull'; readonly images: readonly string[] }
  | { readonly kind: 'launch'; readonly facts: LaunchFacts }
  | { readonly kind: 'expose' | 'hide'; readonly address: string }
  | { readonly kind: 'connect' | 'forget'; readonly peers: readonly string[] }
  | { readonly kind: 'reset'; readonly running: boolean }
  | { readonly kind: 'remove-peer'; readonly peer: string };

export interface WeaveChange extends NetworkChange {
  readonly action: WeaveAction;
  readonly engine: EngineVersion | undefined;
}

/** Who a change is for. */
export interface ChangeTarget {
  readonly memberId: string;
  readonly hostName: string;
  readonly engine: EngineVersion | undefined;
}

const VIEWS: Record<WeaveAction['kind'], Pick<ChangeView, 'action' | 'kind'>> = {
  install: { action: 'create', kind: 'weave script' },
  pull: { action: 'create', kind: 'weave images' },
  launch: { action: 'start', kind: 'weave router' },
  expose: { action: 'create', kind: 'weave address' },
  hide: { action: 'delete', kind: 'weave address' },
  connect: { action: 'update', kind: 'weave peers' },
  forget: { action: 'update', kind: 'weave peers' },
  reset: { action: 'delete', kind: 'weave router' },
  'remove-peer': { action: 'delete', kind: 'weave peer' },
};

export function changeOf(
  target: ChangeTarget,
  phase: NetworkChange['phase'],
  action: WeaveAction,
  detail: string,
): WeaveChange {
  const { memberId, hostName, engine } = target;
  const view = { ...VIEWS[action.kind], target: `on ${hostName}`, detail };
  return { view, memberId, phase, action, engine };
}
