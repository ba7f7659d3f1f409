/** The nodes, their owners and who may see them; one plain object, so that it can be copied. */
import { createHash } from 'node:crypto';

export interface ZooNode {
  readonly data: string;
  /** Session that it ends with. */
  readonly owner?: string;
  /** Digest of `user:secret`; absent: everybody's. */
  readonly auth?: string;
  /** Others may read it. */
  readonly readable?: boolean;
  /** Sequential children made so far. */
  readonly made: number;
}

export interface ZooState {
  zxid: number;
  nodes: Record<string, ZooNode>;
  /** Session to its time-out, ms. */
  sessions: Record<string, number>;
}

export const emptyState = (): ZooState => ({ zxid: 0, nodes: {}, sessions: {} });

export type ZooErrorCode = 'NoAuth' | 'NoNode' | 'NodeExists' | 'NotEmpty';
export class ZooError extends Error {
  readonly code: ZooErrorCode;
  constructor(code: ZooErrorCode, path: string) {
    super(`${code} for ${path}`);
    this.code = code;
  }
}

export const digestOf = (auth: string): string => createHash('sha256').update(auth).digest('hex');

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

function mayWrite(node: ZooNode | undefined, auth: string | undefined): boolean {
  return node?.auth === undefined || node.auth === auth;
}

export interface NewNode {
  readonly path: string;
  readonly data: string;
  readonly owner?: string | undefined;
  /** A number of ten digits follows the path. */
  readonly sequential?: boolean | undefined;
  readonly readable?: boolean | undefined;
  readonly auth?: string | undefined;
}

/** Makes a node, and above it what is not there; answers its path. */
export function createNode(state: ZooState, node: NewNode): string {
  const parent = parentOf(node.path);
  makeParents(state, parent, node);
  const above = state.nodes[parent];
  if (!mayWrite(above, node.auth)) throw new ZooError('NoAuth', node.path);
  const number = above?.made ?? 0;
  const path = node.sequential === true ? node.path + String(number).padStart(10, '0') : node.path;
  if (state.nodes[path] !== undefined) throw new ZooError('NodeExists', path);
  if (above !== undefined) state.nodes[parent] = { ...above, made: number + 1 };
  state.nodes[path] = {
    data: node.data,
    made: 0,
    ...(node.owner === undefined ? {} : { owner: node.owner }),
    ...(node.auth === undefined ? {} : { auth: node.auth }),
    ...(node.readable === true ? { readable: true } : {}),
  };
  return path;
}

function makeParents(state: ZooState, path: string, by: NewNode): void {
  if (path === '' || state.nodes[path] !== undefined) return;
  const { auth, readable } = by;
  createNode(state, { path, data: '', auth, readable });
}

export function setNode(state: ZooState, path: string, data: string, auth?: string): void {
  const node = state.nodes[path];
  if (node === undefined) throw new ZooError('NoNode', path);
  if (!mayWrite(node, auth)) throw new ZooError('NoAuth', path);
  state.nodes[path] = { ...node, data };
}

export function getNode(state: ZooState, path: string, auth?: string): string {
  const node = state.nodes[path];
  if (node === undefined) throw new ZooError('NoNode', path);
  if (node.readable !== true && !mayWrite(node, auth)) throw new ZooError('NoAuth', path);
  return node.data;
}

/** Names of the children. */
export function listNodes(state: ZooState, path: string, auth?: string): readonly string[] {
  if (state.nodes[path] === undefined) return [];
  getNode(state, path, auth);
  return Object.keys(state.nodes)
    .filter((other) => parentOf(other) === path)
    .map((other) => other.slice(path.length + 1))
    .sort();
}

export function removeNode(state: ZooState, path: string, auth?: string): void {
  if (state.nodes[path] === undefined) throw new ZooError('NoNode', path);
  if (!mayWrite(state.nodes[parentOf(path)], auth)) throw new ZooError('NoAuth', path);
  if (Object.keys(state.nodes).some((other) => parentOf(other) === path)) {
    throw new ZooError('NotEmpty', path);
  }
  Reflect.deleteProperty(state.nodes, path);
}

/** Ends a session: its nodes go. */
export function endSession(state: ZooState, session: string): void {
  Reflect.deleteProperty(state.sessions, session);
  for (const [path, node] of Object.entries(state.nodes)) {
    if (node.owner === session) Reflect.deleteProperty(state.nodes, path);
  }
}
