import { toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import type { PipelineResult } from '../pipeline/run-steps.js';
import type { Cell } from '../ports/reporter.js';
import { failedCommand } from '../provision/run-command.js';
import { pasteable } from '../util/quote.js';
import type { ActionContext } from './context.js';
import type { HostFailure, ProvisionScene, SceneHost } from './provision-scene.js';

const COLUMNS = ['host', 'system', 'cpus', 'memory', 'disk free', 'docker', 'now'];

export interface Outcome {
  /** The words after `crossflock provision` that stand for the plan. */
  readonly source: readonly string[];
  /** More for programs to read. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
  readonly changes: number;
  /** What ended it for all hosts. */
  readonly failure?: PipelineResult['failure'];
}

/**
 * What came of it: a line for each host, the failures with what to try, and as the very last thing
 * the command that repeats what failed.
 */
export function provisionSummary(
  context: ActionContext,
  scene: ProvisionScene,
  outcome: Outcome,
): ExitCode {
  const { reporter } = context;
  const rows = scene.chosen.map((host) => rowOf(scene, host, outcome));
  reporter.emit({ type: 'table', title: '', columns: COLUMNS, rows });
  const failed = [...scene.failures].filter(([id]) => ownFailure(scene, id) !== undefined);
  // What concerns a cluster as a whole is one error of all its hosts.
  const reasons = Map.groupBy(failed, ([, { error }]) => error);
  const lines = [...reasons.values()].flatMap((hosts) =>
    hosts
      .slice(0, 1)
      .flatMap(([, failure]) => failureLines(hosts.map(([id]) => id).join(', '), failure)),
  );
  if (lines.length > 0) reporter.emit({ type: 'report', lines });
  const { failure } = outcome;
  const again = againCommand(
    outcome,
    failure === undefined ? failed.map(([id]) => id) : scene.chosen.map(({ id }) => id),
    scene,
  );
  const isOk = failed.length === 0 && failure === undefined;
  reporter.emit({
    type: 'summary',
    ok: isOk,
    message: isOk ? goodNews(scene, outcome) : `${badNews(scene, outcome)}: ${again}`,
    data: {
      ...outcome.data,
      changes: outcome.changes,
      hosts: scene.chosen.map((host) => hostData(scene, host, outcome)),
      ...(isOk ? {} : { again }),
    },
  });
  if (failure !== undefined) return exitCodeFor(failure.error.code);
  return isOk ? EXIT.ok : EXIT.failed;
}

function goodNews({ chosen, changed }: ProvisionScene, { dryRun, changes }: Outcome): string {
  const hosts = count(chosen.length, 'host');
  if (changes === 0) return `nothing to do: ${hosts} as wanted`;
  const made = count(changes, 'change');
  return dryRun
    ? `${made} to make on ${count(changed.size, 'host')}, nothing was changed`
    : `${hosts} ready, ${made} made`;
}

function badNews({ chosen, usable }: ProvisionScene, { failure, dryRun }: Outcome): string {
  if (failure?.error.code === 'aborted') return 'interrupted; go on with';
  if (failure !== undefined) return `failed at ${failure.step}; once that is mended`;
  const bad = chosen.length - usable.length;
  const mended = chosen.length === 1 ? 'it is' : bad === 1 ? 'the other one is' : 'the others are';
  const good = `${String(usable.length)} of ${count(chosen.length, 'host')} ${dryRun ? 'can be made' : ''} ready`;
  return `${good.replace('  ', ' ')}; once ${mended} mended`;
}

/** The command that repeats what failed; the whole one where that is all. */
function againCommand(
  { source, dryRun }: Outcome,
  ids: readonly string[],
  { hosts }: ProvisionScene,
): string {
  const only = ids.length === hosts.length ? [] : ['--only', ...ids];
  const rest = dryRun ? ['--dry-run'] : [];
  return pasteable(['crossflock', 'provision', ...source, ...rest, ...only]);
}

export function failureLines(id: string, { step, error }: HostFailure): readonly string[] {
  const { said = [], command } = failedCommand(error);
  const isTold = said.length === 1 && error.message.includes(said[0] ?? '');
  return [
    `${id}: ${step}: ${error.message}`,
    ...(command === undefined || error.message.includes(command) ? [] : [`    ${command}`]),
    ...(isTold ? [] : said.map((line) => `    | ${line}`)),
    ...hintLines(error.hint),
    '',
  ];
}

/** A hint may have several lines, such as rules of a firewall. */
function hintLines(hint: string | undefined): readonly string[] {
  const [first, ...others] = hint?.split('\n') ?? [];
  return first === undefined
    ? []
    : [`    try: ${first}`, ...others.map((line) => `         ${line}`)];
}

/** Narrow enough for 80 columns; the summary's data have the rest. */
function rowOf(scene: ProvisionScene, { id }: SceneHost, outcome: Outcome): Cell[] {
  const sight = scene.sight(id);
  const now = stateOf(scene, id, outcome);
  if (sight === undefined) return [id, '', '', '', '', '', now];
  const { facts, docker } = sight;
  const system = [facts.os.id, facts.os.version, facts.architecture].filter(Boolean).join(' ');
  // Without what the distribution adds to the version, such as `+dfsg1`.
  const engine = docker.engine?.version.replace(/[+~-].*$/, '') ?? 'none';
  return [id, system, facts.cpus, inGb(facts.memoryMb), inGb(facts.diskFreeMb), engine, now];
}

function stateOf(scene: ProvisionScene, id: string, { dryRun, failure }: Outcome): string {
  const own = ownFailure(scene, id);
  if (own !== undefined) return `failed: ${own.step}`;
  if (failure !== undefined) return scene.sight(id) === undefined ? 'not seen' : 'unfinished';
  if (!scene.changed.has(id)) return 'as wanted';
  return dryRun ? 'would change' : 'changed';
}

/** Why a host dropped out; an interruption of the whole is no failure of a host. */
function ownFailure({ failures }: ProvisionScene, id: string): HostFailure | undefined {
  const failure = failures.get(id);
  return failure?.error.code === 'aborted' ? undefined : failure;
}

/** The same for programs. */
function outcomeOf(scene: ProvisionScene, id: string, { failure }: Outcome): string {
  if (ownFailure(scene, id) !== undefined) return 'failed';
  if (failure !== undefined) return 'unfinished';
  return scene.changed.has(id) ? 'changed' : 'unchanged';
}

function hostData(scene: ProvisionScene, { id, cluster }: SceneHost, outcome: Outcome) {
  const sight = scene.sight(id);
  const failure = ownFailure(scene, id);
  const { facts } = sight ?? {};
  return {
    id,
    cluster: cluster.id,
    outcome: outcomeOf(scene, id, outcome),
    ...(facts === undefined
      ? {}
      : {
          system: facts.os,
          architecture: facts.architecture,
          kernel: facts.kernel,
          cgroup: facts.cgroup,
          init: facts.init,
          cpus: facts.cpus,
          memoryMb: facts.memoryMb,
          diskFreeMb: facts.diskFreeMb,
          skewSeconds: sight?.skewSeconds,
          docker: sight?.docker.engine,
        }),
    ...(failure === undefined ? {} : { failure: failureData(failure) }),
  };
}

function failureData({ step, error }: HostFailure) {
  const { code, message, hint } = toCrossflockError(error);
  const { command, said } = failedCommand(error);
  return {
    step,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(command === undefined ? {} : { command }),
    ...(said === undefined ? {} : { said }),
  };
}

function inGb(mb: number): string {
  return `${(mb / 1024).toFixed(mb < 10_240 ? 1 : 0)} GB`;
}

function count(n: number, word: string): string {
  return `${String(n)} ${word}${n === 1 ? '' : 's'}`;
}
