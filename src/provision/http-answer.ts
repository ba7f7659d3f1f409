import type { HttpAnswer } from '../ports/host-probe.js';
import { ANSWER_MARK } from './ask-script.js';

/** Splits what the requests' script wrote, by request; those that nobody answered are left out. */
export function splitHttpAnswers(output: string): ReadonlyMap<string, HttpAnswer> {
  const answers = new Map<string, HttpAnswer>();
  for (const part of output.split(`\n${ANSWER_MARK}`).slice(1)) {
    const line = part.indexOf('\n');
    const answer = parseHttpAnswer(part.slice(line + 1));
    if (answer !== undefined) answers.set(part.slice(0, line), answer);
  }
  return answers;
}

/** Reads one answer, status line first; undefined for what is none. */
export function parseHttpAnswer(text: string): HttpAnswer | undefined {
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text)?.[1];
  const end = /\r?\n\r?\n/.exec(text);
  if (status === undefined || end === null) return undefined;
  const lines = text.slice(0, end.index).split(/\r?\n/).slice(1);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const body = text.slice(end.index + end[0].length);
  return { status: Number(status), headers: Object.fromEntries(headers), body };
}
