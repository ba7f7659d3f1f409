import type { Logger } from './runtime/context.js';

export interface ServerLog extends Logger {
  error(fields: object, message: string): void;
}

/** A log of one JSON object a line: `time`, `level`, `msg` and the fields. */
export function jsonLines(write: (line: string) => void, now: () => Date): ServerLog {
  const line =
    (level: string) =>
    (fields: object, msg: string): void => {
      write(`${JSON.stringify({ time: now().toISOString(), level, msg, ...fields })}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
