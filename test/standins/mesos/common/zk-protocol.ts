/** What clients of the ZooKeeper stand-in say and hear; the protocol is the stand-ins' own. */
export type ZkRequest =
  | {
      readonly op: 'hello';
      readonly session?: string;
      readonly timeoutMs: number;
      readonly auth?: string;
    }
  | { readonly op: 'ping' }
  | {
      readonly op: 'create';
      readonly path: string;
      readonly data: string;
      readonly ephemeral?: boolean;
      readonly sequential?: boolean;
      readonly readable?: boolean;
    }
  | { readonly op: 'set'; readonly path: string; readonly data: string }
  | { readonly op: 'get'; readonly path: string }
  | { readonly op: 'list'; readonly path: string }
  | { readonly op: 'remove'; readonly path: string };

export type ZkCall = ZkRequest & { readonly call: number };

export type ZkMessage =
  | { readonly call: number; readonly value: unknown }
  | { readonly call: number; readonly error: string }
  /** Something has changed somewhere. */
  | { readonly changed: true };
