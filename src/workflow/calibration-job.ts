import type { CalibrationRequest, ExecutorOutput } from '../ports/workflow-pool.js';

/** Names in the folder of the calibration, in the submitter. */
export const CALIBRATION_MATRIX = 'gem';
const KINC = '/usr/local/bin/kinc';
/** As the similarity jobs' least, so that the same claims fit. */
const DISK_KB = 256 * 1024;

/**
 * The submit description (condor_submit(1)) of some jobs for each executor: they run the payload's
 * `calibrate` on a copy of the matrix and print what they measured. An executor is known by the
 * address in its slots' `MyAddress`, which is `<IP:port?…>`.
 */
export function calibrationJobs(request: CalibrationRequest): string {
  const { addresses, jobsEach, naValue, method, minObs, requestMemoryMb, seconds } = request;
  const words = [
    ...['calibrate', '--ematrix', CALIBRATION_MATRIX, '--headers', '--omit_na'],
    ...['--na_val', naValue, '--method', method, '--min_obs', String(minObs)],
    ...['--seconds', String(seconds)],
  ];
  const lines = [
    'universe = vanilla',
    `executable = ${KINC}`,
    'transfer_executable = False',
    `arguments = "${words.map(quoted).join(' ')}"`,
    'should_transfer_files = YES',
    'when_to_transfer_output = ON_EXIT',
    `transfer_input_files = ${CALIBRATION_MATRIX}`,
    'transfer_output_files = ""',
    'output = out.$(address).$(Step)',
    'error = err.$(address).$(Step)',
    'log = log',
    'request_cpus = 1',
    `request_memory = ${requestMemoryMb}`,
    `request_disk = ${DISK_KB}`,
    'requirements = substr(TARGET.MyAddress, 0, $(length)) == "<$(address):"',
    'batch_name = calibration',
    'notification = Never',
    `queue ${jobsEach} address, length from (`,
    ...addresses.map((address) => `${address}, ${`<${address}:`.length}`),
    ')',
  ];
  return `${lines.join('\n')}\n`;
}

/** Reads lines such as `out.172.16.0.2.0:{"step": …}`: which executor printed which line. */
export function readCalibrations(text: string): readonly ExecutorOutput[] {
  return text
    .split('\n')
    .map((line) => /^out\.(\d+\.\d+\.\d+\.\d+)\.\d+:(\{.*)$/.exec(line))
    .filter((found) => found !== null)
    .map((found) => ({ address: found[1] ?? '', output: found[2] ?? '' }));
}

/** One argument in the new syntax of `arguments`: '' and "" stand for the quotes. */
function quoted(word: string): string {
  const plain = /^[A-Za-z0-9_.,:/@%+=-]+$/.test(word);
  return (plain ? word : `'${word.replaceAll("'", "''")}'`).replaceAll('"', '""');
}
