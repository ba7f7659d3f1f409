import type { RunFinding } from '../../ports/run-finding.js';
import type { ClusterOfAddress } from '../monitor/snapshot.js';
import type { Execution, NodeRecord } from '../monitor/node.js';
import { whyFailed } from '../monitor/words.js';
import { badProgram } from './bad-program.js';

/** End of a job's standard error, in lines; by node. */
export type StderrOf = ReadonlyMap<string, readonly string[]>;

export interface FailureInput {
  readonly nodes: readonly NodeRecord[];
  readonly stderr: StderrOf;
  readonly clusters: ClusterOfAddress;
}

const OUT_OF_MEMORY =
  /out of memory|MemoryError|cannot allocate memory|std::bad_alloc|used more memory/i;
/** What the submit descriptions have HTCondor say of a job above its memory. */
const USED_OF = /(\d+) MB of (\d+) MB$/;
const TRANSFER = /transfer|failed to (?:send|receive) file/i;
/** What the check after a job writes to its standard error (`crossflock-after` in the submitter). */
const BAD_OUTPUT = /^crossflock: (.*)$/;
/** `HoldReasonCode`s of failed transfers, as in the HTCondor manual, "HoldReasonCode". */
const TRANSFER_CODES: ReadonlySet<number> = new Set([12, 13]);

/** Failed, retried and held jobs, and those that failed before they succeeded; by their cause. */
export function failures(input: FailureInput): readonly RunFinding[] {
  const broken = [...input.nodes.filter(isBroken), ...input.nodes.flatMap(beforeSuccess)];
  const groups = Map.groupBy(broken, (node) => {
    const { key } = causeOf(node, input.stderr);
    return node.state === 'done' ? `done ${key}` : key;
  });
  return [...groups.values()].map((nodes) => findingOf(nodes, input));
}

function isBroken({ state }: NodeRecord): boolean {
  return state === 'failed' || state === 'retrying' || state === 'held';
}

/** A job that succeeded in the end, as it was when it last failed. */
function beforeSuccess(node: NodeRecord): readonly NodeRecord[] {
  if (node.state !== 'done') return [];
  const last = node.executions.findLast(
    ({ outcome }) => outcome === 'failed' || outcome === 'held',
  );
  if (last === undefined) return [];
  const { exitCode, exitSignal, reason } = last;
  return [{ ...node, exitCode, exitSignal, reason }];
}

interface Cause {
  readonly kind: RunFinding['kind'];
  readonly what: string;
  /** The same for jobs that belong together. */
  readonly key: string;
  readonly advice?: string;
}

function causeOf(node: NodeRecord, stderr: StderrOf): Cause {
  const said = stderr.get(node.name) ?? [];
  const last = said.at(-1) ?? '';
  const reason = whyFailed(node);
  const bad = said.map((line) => BAD_OUTPUT.exec(line)?.[1]).find((text) => text !== undefined);
  if (isOutOfMemory(node, reason, said)) return outOfMemory(node, reason);
  const program = badProgram({ exitCode: node.exitCode, reason }, said);
  if (program !== undefined) return { kind: 'failed', key: program.what, ...program };
  if (node.state === 'held') return heldFor(node, reason);
  if (bad !== undefined) {
    return {
      kind: 'bad-output',
      what: `left no usable output: ${bad}`,
      key: 'bad-output',
      advice: 'it is run again by itself while tries are left, then by crossflock workflow retry',
    };
  }
  return { kind: 'failed', what: reason, key: `${reason} ${withoutNumbers(last)}` };
}

function heldFor(node: NodeRecord, reason: string): Cause {
  const isTransfer =
    node.holdCode === undefined ? TRANSFER.test(reason) : TRANSFER_CODES.has(node.holdCode);
  if (isTransfer) {
    return {
      kind: 'transfer',
      what: `held because a file could not be transferred: ${reason}`,
      key: `transfer ${withoutNumbers(reason)}`,
      advice: 'is there room on the disks, and can the executor reach the submitter?',
    };
  }
  const advice = 'crossflock workflow release lets them go on when the reason is gone';
  return { kind: 'held', what: `held: ${reason}`, key: `held ${withoutNumbers(reason)}`, advice };
}

function isOutOfMemory(node: NodeRecord, reason: string, said: readonly string[]): boolean {
  // 9: the kernel's own way to end a process that is over its container's memory.
  return (
    OUT_OF_MEMORY.test(reason) ||
    said.some((line) => OUT_OF_MEMORY.test(line)) ||
    (node.exitSignal === 9 && said.length === 0) ||
    (node.exitCode === 137 && said.length === 0)
  );
}

function outOfMemory(node: NodeRecord, reason: string): Cause {
  const used = Math.max(0, ...node.executions.map(({ memoryMb }) => memoryMb ?? 0));
  const [, had, asked] = USED_OF.exec(reason) ?? [];
  const seen = used === 0 ? '' : `; ${used} MB were seen in use`;
  const most = had === undefined ? seen : `: used ${had} MB, asked for ${asked ?? '?'} MB`;
  return {
    kind: 'out-of-memory',
    what: `out of memory${most}`,
    key: `out-of-memory ${asked ?? ''}`,
    advice:
      'each retry asks for twice as much; set workflow.request_memory_mb higher, or give the executors more memory',
  };
}

function findingOf(nodes: readonly NodeRecord[], { stderr, clusters }: FailureInput): RunFinding {
  const [first] = nodes as readonly [NodeRecord, ...NodeRecord[]];
  const { kind, what, advice } = causeOf(first, stderr);
  const isOver = first.state === 'done';
  const gaveUp = nodes.some(({ state }) => state === 'failed');
  const tries = Math.max(...nodes.map((node) => node.tries));
  const often = `${tries} ${tries === 1 ? 'try' : 'tries'}`;
  return {
    kind,
    severity: isOver ? 'info' : gaveUp ? 'error' : 'warning',
    nodes: nodes.map(({ name }) => name),
    what: `${what} (${often}, ${placesOf(nodes, clusters)})${isOver ? ', then succeeded' : ''}`,
    said: stderr.get(first.name) ?? [],
    ...(advice === undefined || isOver ? {} : { advice }),
  };
}

/** Where the executions were that came to nothing: `on azure (172.16.0.3)`. */
function placesOf(nodes: readonly NodeRecord[], clusters: ClusterOfAddress): string {
  const bad = ({ outcome }: Execution): boolean => outcome !== undefined && outcome !== 'succeeded';
  const addresses = nodes
    .flatMap(({ executions }) => executions.filter(bad))
    .map(({ address }) => address)
    .filter((address) => address !== undefined);
  const places = [...new Set(addresses)].map(
    (address) => `${clusters.get(address) ?? 'unknown'} (${address})`,
  );
  return places.length === 0 ? 'never started' : `on ${places.join(', ')}`;
}

/** Texts that differ in numbers only say the same. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '#');
}
