import { CrossflockError } from '../errors/crossflock-error.js';
import type { HostProbe } from '../ports/host-probe.js';
import type { Host } from '../ports/host.js';
import { ASK_SCRIPT } from './ask-script.js';
import { splitHttpAnswers } from './http-answer.js';

/** Long enough for a slow Docker Engine, short enough to tell it from a fast one. */
const SURVEY_MS = 60_000;
/** Begins a line that no probe prints by chance. */
const MARK = '=== crossflock probe ';
const END = 'end';
/** The requests of all probes, as a probe of its own. */
const GET = 'get';

export type Probes = Readonly<Record<string, HostProbe<unknown>>>;
/** The answers to probes, under the same names. */
export type Answers<P extends Probes> = {
  readonly [Key in keyof P]: P[Key] extends HostProbe<infer T> ? T : never;
};

/**
 * The text that runs the probes one after the other, each in a subshell of its own without input.
 * It holds no value from outside: those go through the environment.
 */
export function surveyScript(probes: readonly HostProbe<unknown>[]): string {
  const asks = probes.some(({ get = [] }) => get.length > 0);
  const parts = probes.map(({ id, script }) => section(id, script));
  if (asks) parts.push(section(GET, ASK_SCRIPT));
  return `${parts.join('')}printf '\n${MARK}${END}\n'\n`;
}

function section(id: string, script: string): string {
  const text = script.trim();
  const run = text === '' ? '' : `(\n${text}\n) </dev/null 2>/dev/null\n`;
  return `printf '\n${MARK}${id}\n'\n${run}`;
}

/**
 * Splits what the script wrote.
 * @throws CrossflockError `unexpected` when it did not run to its end
 */
export function splitAnswers(output: string): ReadonlyMap<string, string> {
  const parts = output.split(`\n${MARK}`).slice(1);
  const answers = new Map(
    parts.map((part) => {
      const line = part.indexOf('\n');
      return [part.slice(0, line), part.slice(line + 1)] as const;
    }),
  );
  if (answers.delete(END)) return answers;
  throw new CrossflockError('the look at the host ended early', {
    code: 'unexpected',
    cause: output.slice(-2000),
  });
}

/** Looks at a host with all probes in one command. */
export async function survey<P extends Probes>(
  host: Host,
  probes: P,
  signal: AbortSignal,
): Promise<Answers<P>> {
  const entries = Object.entries(probes);
  const result = await host.run(['sh', '-s'], {
    stdin: surveyScript(entries.map(([, probe]) => probe)),
    env: environmentOf(entries.map(([, probe]) => probe)),
    timeoutMs: SURVEY_MS,
    signal,
  });
  const answers = splitAnswers(result.stdout);
  const got = splitHttpAnswers(`\n${answers.get(GET) ?? ''}`);
  const read = entries.map(([key, probe]) => [
    key,
    probe.parse(answers.get(probe.id) ?? '', (address) => got.get(address)),
  ]);
  return Object.fromEntries(read) as Answers<P>;
}

function environmentOf(probes: readonly HostProbe<unknown>[]): Record<string, string> {
  const gets = new Set(probes.flatMap(({ get = [] }) => get));
  const own = probes.map(({ env = {} }) => env);
  const asked = gets.size === 0 ? {} : { CROSSFLOCK_GET: [...gets].join('\n') };
  return Object.assign({}, ...own, asked) as Record<string, string>;
}
