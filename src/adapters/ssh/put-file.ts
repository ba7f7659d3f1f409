import { CrossflockError } from '../../errors/crossflock-error.js';
import type { RunOptions, RunResult } from '../../ports/host.js';

/**
 * Writes standard input to `$1` with the mode `$2`, provided that it is `$3` bytes: an upload that
 * broke off ends as quietly as a whole one. The file is never there in part, nor with another mode.
 */
const SCRIPT = `set -eu
path=$1 mode=$2 size=$3
case $path in */*) folder=\${path%/*} ;; *) folder=. ;; esac
if [ -d "$path" ]; then echo "it is a folder" >&2; exit 1; fi
mkdir -p -- "\${folder:-/}"
draft=$(mktemp "\${folder:-/}/.crossflock.XXXXXX")
trap 'rm -f -- "$draft"' EXIT
trap 'exit 1' HUP INT TERM
cat > "$draft"
got=$(wc -c < "$draft")
if [ "$got" -ne "$size" ]; then echo "only $got of $size bytes arrived" >&2; exit 1; fi
chmod "$mode" "$draft"
mv -f -- "$draft" "$path"
trap - EXIT
`;

/** The command that takes a file's content on standard input; see `SCRIPT`. */
export function putCommand(path: string, mode: number, size: number): readonly string[] {
  return ['sh', '-c', SCRIPT, 'sh', path, mode.toString(8), String(size)];
}

export type Run = (argv: readonly string[], options: RunOptions) => Promise<RunResult>;

export interface FileToPut {
  readonly content: string | Uint8Array;
  readonly path: string;
  /** In octal, such as `0o600`. */
  readonly mode: number;
}

/** @throws CrossflockError `command-failed` when the host could not write it */
export async function putFile(
  run: Run,
  label: string,
  { content, path, mode }: FileToPut,
  options: Pick<RunOptions, 'sudo' | 'signal'>,
): Promise<void> {
  const size = Buffer.byteLength(content);
  const { exitCode, stderr } = await run(putCommand(path, mode, size), {
    ...options,
    stdin: content,
  });
  if (exitCode === 0) return;
  throw new CrossflockError(`${path} could not be written on ${label}: ${stderr.trim()}`, {
    code: 'command-failed',
    hint: 'is there space, and may this user write there?',
    cause: stderr,
  });
}
