import { couldNotStart } from '../monitor/words.js';

/** A program that cannot be run at all, in words. */
export interface BadProgram {
  readonly what: string;
  readonly advice: string;
}

/** What the job's program on the executor says (`crossflock-job`, command_job.py in the submitter). */
const REFUSAL = /^crossflock-job: cannot run '(.*)': (.*)$/;
const NOT_THERE = 127;
const NOT_RUNNABLE = 126;

const IN_THE_IMAGE = 'is it in the image of the executors, at that path, and executable?';
const SENT_ALONG = 'a program of your own is sent along where its path is relative: ./program';

/** By what the refusal says. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/no such program/, `${IN_THE_IMAGE} ${SENT_ALONG}`],
  [/interpreter/, 'name an interpreter that the executors have, or use an image that has it'],
  [
    /no program for this machine/,
    'build it for the executors’ machines; a script says in its first line what runs it: #!/bin/sh',
  ],
];

/**
 * What is wrong with a job's program, where that is what failed.
 * @param said end of the job's standard error
 */
export function badProgram(
  { exitCode, reason }: { readonly exitCode?: number | undefined; readonly reason: string },
  said: readonly string[],
): BadProgram | undefined {
  if (couldNotStart(reason)) return { what: reason, advice: IN_THE_IMAGE };
  if (exitCode !== NOT_THERE && exitCode !== NOT_RUNNABLE) return undefined;
  const refusal = said.map((line) => REFUSAL.exec(line)).find((match) => match !== null);
  if (refusal === undefined) {
    const what = exitCode === NOT_THERE ? 'was not found' : 'cannot be run';
    return { what: `its program, or one that it runs, ${what}`, advice: IN_THE_IMAGE };
  }
  const [, program = '', why = ''] = refusal;
  const advice = ADVICE.find(([pattern]) => pattern.test(why))?.[1] ?? IN_THE_IMAGE;
  return { what: `its program ${program} cannot be run: ${why}`, advice };
}
