import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';

/** What the build script says about one image. */
export interface BuildLine {
  readonly image: string;
  /** `is current`, `would be built`, `built`. */
  readonly said: string;
  readonly seconds: number;
}

/** Reads a line such as `image crossflock/base: is current (0.1 s)`; undefined for any other. */
export function parseBuildLine(line: string): BuildLine | undefined {
  const match = /^image (crossflock\/\S+): (.+) \((\d+(?:\.\d+)?) s\)$/.exec(line);
  if (match === null) return undefined;
  const [, image = '', said = '', seconds = ''] = match;
  return { image, said, seconds: Number(seconds) };
}

/**
 * Runs the project's own build script, the same one that `scripts/demo` uses.
 * @param script absolute path of `scripts/images`
 * @throws CrossflockError `not-found` without a Docker Engine or the script, `command-failed` when
 *   an image cannot be built
 */
export async function runBuildScript(
  here: Host,
  script: string,
  {
    check,
    signal,
    onLine,
    onOther,
  }: {
    /** Only tell what would be built. */
    readonly check: boolean;
    readonly signal: AbortSignal;
    readonly onLine: (line: BuildLine) => void;
    /** What else it says: that it waits for another run, say. */
    readonly onOther: (line: string) => void;
  },
): Promise<void> {
  const lines = new LineReader((line) => {
    const read = parseBuildLine(line);
    if (read === undefined) onOther(line);
    else onLine(read);
  });
  const argv = ['bash', script, ...(check ? ['--check'] : [])];
  const { exitCode, stderr } = await here.run(argv, {
    signal,
    onStdout: (chunk) => {
      lines.push(chunk);
    },
  });
  if (exitCode === 0) return;
  const said = stderr.trim().split('\n');
  const tries = said.flatMap((line) => /^ {2}try: (.*)$/.exec(line)?.[1] ?? []);
  const why = said
    .filter((line) => line.startsWith('  | '))
    .at(-1)
    ?.slice(4);
  const what = said.find((line) => line.includes('failed with exit status')) ?? said.at(-1) ?? '';
  throw new CrossflockError(why === undefined ? what : `${what}: ${why}`, {
    code: 'command-failed',
    ...(tries.length === 0 ? {} : { hint: tries.join('; ') }),
    cause: stderr,
  });
}

class LineReader {
  readonly #decoder = new TextDecoder();
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }
}
