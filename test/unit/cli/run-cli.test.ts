import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.js';

/** Runs the command line in a process edge of its own; no command gets as far as a real host. */
async function cli(args: readonly string[], scriptName = 'crossflock') {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const exitCode = await runCli(args, {
    scriptName,
    signal: new AbortController().signal,
    stdin: process.stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    env: {},
  });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { exitCode, stdout: text(stdout), stderr: text(stderr) };
}

describe('runCli', () => {
  it.each([
    [[], 'which command?'],
    [['valdate'], '"valdate" is no command; did you mean validate?'],
    [['create-containers', '--cofnig', 'x'], 'unknown argument: --cofnig'],
    [['run-kinc', '--jobs', '0'], '--jobs 0: write a whole number of 1 or more, or auto'],
    [['run-kinc', '--jobs=many'], '--jobs many: write a whole number of 1 or more, or auto'],
    [
      ['run-kinc', '--attach', 'r', '--gem', 'x'],
      'arguments attach and gem are mutually exclusive',
    ],
    [['create-containers', '--timeout', '-3'], '--timeout -3: write a number of seconds above 0'],
    [['validate', '-c', 'a', '-c', 'b'], 'config: is given more than once; write it once'],
    [['run-kinc', '--out', 'a', '--out', 'b'], 'out: is given more than once; write it once'],
    [['run-kinc', '--min-job-seconds', 'abc'], '--min-job-seconds abc: write a number'],
    [['lab', 'up', '--hosts-per-cloud', 'x'], '--hosts-per-cloud x: write a number'],
    [['workflow', 'report', '--format', 'pdf'], '--format pdf: write one of html, md, json'],
    [['validate', '-c'], '-c wants a value'],
  ])('%j ends with 2 before anything is looked at', async (args, message) => {
    const { exitCode, stderr, stdout } = await cli(args);
    expect(exitCode).toBe(2);
    expect(stderr.split('\n')[0]).toBe(`✖ ${message}`);
    expect(stdout).toBe('');
  });

  it('refuses in JSON too', async () => {
    const { exitCode, stdout } = await cli(['run-kinc', '--jobs', '0', '--json']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'failed', error: { code: 'invalid-input' } });
  });

  it('begins every command with its name and version', async () => {
    const { stdout } = await cli(['validate', '-c', '/no/such/file.json', '--json']);
    const [first] = stdout.split('\n').map((line) => JSON.parse(line || '{}') as object);
    expect(first).toMatchObject({ type: 'started', command: 'validate' });
  });

  it('shows help and the version', async () => {
    expect((await cli(['--help'])).stdout).toContain('create-containers');
    expect((await cli(['run-kinc', '--help'], 'run-kinc')).stdout).toContain('--attach');
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('takes hosts in place of a configuration, and tells all that is wrong with them', async () => {
    const { exitCode, stdout } = await cli(['provision', '-p', 'me@there', '-n', 'all']);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('--master: is missing');
    expect(stdout).toContain('--peers: "me@there" is more than an address');
    expect(stdout).toContain('--cores: "all" is no number of cores');
  });

  it.each([[[]], [['-c', './config.json']]])('provisions a configuration with %j', async (args) => {
    const { exitCode, stdout } = await cli(['provision', ...args]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('config.json: does not exist');
  });

  it('says what is wrong with a configuration that is not there', async () => {
    const { exitCode, stdout } = await cli(['validate', '-c', '/no/such/file.json']);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('/no/such/file.json: does not exist');
  });
});
