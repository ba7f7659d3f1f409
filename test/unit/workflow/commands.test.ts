import { execFileSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import * as commands from '../../../src/workflow/commands.js';

describe('command lines', () => {
  it('find the submitter by its labels', () => {
    expect(commands.findSubmitter({ deployment: 'demo' }).join(' ')).toBe(
      'docker ps --quiet --filter label=crossflock.deployment=demo --filter label=crossflock.role=submitter',
    );
  });

  it("run as the pool's user, with standard input only where there is one", () => {
    expect(commands.inSubmitter('c1', ['condor_q', '-totals']).join(' ')).toBe(
      'docker exec --user condor_pool c1 condor_q -totals',
    );
    expect(commands.inSubmitter('c1', ['cat'], true)).toContain('--interactive');
  });

  it('hand names to the shell as arguments, never as text', () => {
    const hostile = 'a $(rm -r x) "b';
    const staged = commands.stageFile(hostile);
    expect(staged.at(-1)).toBe(hostile);
    expect(staged[2]).not.toContain('rm');
    const followed = commands.followRun('run-1');
    expect(followed.at(-1)).toBe('run-1');
    expect(followed[2]).not.toContain('run-1');
  });

  it('stay inside the run folder', () => {
    expect(commands.readFile('r1', 'results/network.tsv').at(-1)).toBe(
      '/var/lib/crossflock/runs/r1/results/network.tsv',
    );
    for (const name of ['..', '../r2/run.json', '/etc/passwd', '-n', '', 'a//b']) {
      expect(() => commands.readFile('r1', name)).toThrow('is not a name of a run or a file');
    }
    expect(() => commands.followRun('../../etc')).toThrow('is not a name');
  });

  it('remove only what was staged', () => {
    expect(commands.unstageFile('/tmp/crossflock-stage.Ab1/gem.txt')).toEqual([
      'rm',
      '-r',
      '--',
      '/tmp/crossflock-stage.Ab1',
    ]);
    for (const path of ['/tmp/x/gem', '/gem', '/tmp/crossflock-stage.Ab1/../x/gem']) {
      expect(() => commands.unstageFile(path)).toThrow('is not a staged file');
    }
  });

  it('hold a whole workflow, and remove it by its DAGMan', () => {
    expect(commands.steer('hold', 7)).toEqual([
      'condor_hold',
      '-constraint',
      'ClusterId == 7 || DAGManJobId == 7',
    ]);
    expect(commands.steer('rm', 7)).toEqual(['condor_rm', '-constraint', 'ClusterId == 7']);
    expect(commands.waitForDagman({ runId: 'r1', log: 'd.log' }, 7, 60)).toEqual([
      'condor_wait',
      '-wait',
      '60',
      '/var/lib/crossflock/runs/r1/d.log',
      '7',
    ]);
  });

  it('stage standard input byte for byte', () => {
    const [shell = '', ...args] = commands.stageFile('gem with space.txt');
    const bytes = Buffer.from([0, 255, 10, 13, 9]);
    const path = execFileSync(shell, args, { input: bytes }).toString().trim();
    expect(path).toMatch(/^\/tmp\/crossflock-stage\.\w+\/gem with space\.txt$/);
    expect(execFileSync('cat', [path])).toEqual(bytes);
    const [remove = '', ...what] = commands.unstageFile(path);
    execFileSync(remove, what);
    expect(() => execFileSync('cat', [path], { stdio: 'ignore' })).toThrow();
  });
});
