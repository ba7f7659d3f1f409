import { posix } from 'node:path';

/**
 * The run's directory in what `pegasus-plan --submit` prints, with or without the time in front:
 *
 *     2019.08.22 18:51:30.068 UTC:     pegasus-status -l /home/tutorial/split/submit/…/run0001
 *
 * The original's `run_kinc.py` looks for this line as well (github.com/SciDAS/htcondor-docker-centos,
 * docker-kinc/workflow); Pegasus keeps it for the programs that do (its Python client says so, in
 * Pegasus.client._client). The path may be relative to where the program ran.
 * @param directory where the program ran
 */
export function runDirectoryOf(output: string, directory: string): string | undefined {
  const found = [...output.matchAll(STATUS_LINE)].at(-1)?.[1];
  return found === undefined ? undefined : posix.resolve(directory, found);
}

const STATUS_LINE = /\bpegasus-status(?:[ \t]+-\S+)*[ \t]+(\.{0,2}\/\S+)[ \t]*$/gm;
