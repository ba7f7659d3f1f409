import { createHash, randomBytes } from 'node:crypto';

/** `/a/b` as it stands in ids of instances and tasks: `a_b` (Marathon's `safePath`). */
function safePath(appId: string): string {
  return appId.replace(/^\//, '').replaceAll('/', '_');
}

export function instanceId(appId: string, uuid: string): string {
  return `${safePath(appId)}.instance-${uuid}`;
}

/** Marathon 1.8+: the first incarnation of an instance is 1, each restart counts one up. */
export function taskId(appId: string, uuid: string, incarnation: number): string {
  return `${instanceId(appId, uuid)}._app.${incarnation}`;
}

/** Name of a task's container, for people; nothing is read from it but the marks below. */
export function containerName(scope: string, appId: string, slot: Slot): string {
  const app = safePath(appId).slice(-100);
  return `${scope}.${app}.${slot.uuid.slice(0, 8)}-${slot.incarnation}`;
}

/** One instance of an app: its tasks follow one another. */
export interface Slot {
  readonly uuid: string;
  readonly incarnation: number;
}

/**
 * Marks at the end of a container's name. Labels of a container cannot be changed once it is made;
 * its name can, in one atomic call, so the name tells after a crash that this server wanted the
 * container to end (`killing`) or has dealt with its end (`failed`).
 */
export type NameMark = 'killing' | 'failed';

export function markOf(name: string): NameMark | undefined {
  if (name.endsWith('.killing')) return 'killing';
  return name.endsWith('.failed') ? 'failed' : undefined;
}

/** Makes time-based UUIDs (RFC 9562, version 1) with a random node, unique within a process. */
export function uuidSource(nowMs: () => number): () => string {
  // The multicast bit says that the node is no real network card's address.
  const node = randomBytes(6);
  node[0] = (node[0] ?? 0) | 1;
  const sequence = randomBytes(2).readUInt16BE() & 0x3fff;
  let last = 0n;
  return () => {
    // 100 ns ticks since 15 October 1582.
    const now = BigInt(Math.floor(nowMs())) * 10_000n + 0x01b21dd213814000n;
    last = now > last ? now : last + 1n;
    const hex = last.toString(16).padStart(15, '0');
    const variant = (0x8000 | sequence).toString(16);
    return `${hex.slice(7)}-${hex.slice(3, 7)}-1${hex.slice(0, 3)}-${variant}-${node.toString('hex')}`;
  };
}

/** Short, stable and safe in a volume's name, whatever the text holds. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** Mesos' id of this server as a framework: made up, but always the same for a cluster. */
export function frameworkId(scope: string): string {
  const hash = createHash('sha256').update(scope).digest('hex');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => hash.slice(cuts[index], end))
    .join('-');
}
