import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a bad exit status is an answer, not an error. */
export function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    // What a run of scripts/test around this one holds is not ours.
    const inherited = { ...process.env, CROSSFLOCK_LOCK_HELD: '', CROSSFLOCK_NO_DOCKER: '' };
    const options = { env: { ...inherited, ...env } };
    execFile(file, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ status, stdout, stderr });
    });
  });
}

/** A copy of scripts/ in a folder of its own, with programs of the test's own first on PATH. */
export class Sandbox {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** In a path with a space, as a person's may be. Removed when the test ends. */
  static async make(): Promise<Sandbox> {
    const root = await mkdtemp(join(tmpdir(), 'crossflock scripts '));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    await cp(join(repository, 'scripts'), join(root, 'scripts'), { recursive: true });
    const sandbox = new Sandbox(root);
    await sandbox.write('package.json', '{ "engines": { "node": ">=22.18" } }');
    return sandbox;
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** A program that stands before the machine's own: the lines of a shell script. */
  async program(name: string, ...lines: readonly string[]): Promise<void> {
    await this.write(`bin/${name}`, ['#!/bin/bash', ...lines, ''].join('\n'));
    await chmod(join(this.root, 'bin', name), 0o755);
  }

  /** Runs lines of shell with the scripts' library loaded and the lock taken. */
  shell(lines: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const text = [
      'set -euo pipefail',
      `PATH="${this.root}/bin:$PATH"`,
      `source "${this.root}/scripts/lib/setup.sh"`,
      'setup_begin',
      ...lines,
    ].join('\n');
    return run('bash', ['-c', text, 'some-script'], env);
  }
}
