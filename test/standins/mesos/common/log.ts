/** Lines as Mesos' logger (glog) writes them, on standard error. */

export type Level = 'I' | 'W' | 'E' | 'F';

const two = (value: number): string => String(value).padStart(2, '0');

/** `I1121 09:33:46.895576  9560 main.cpp:243] text` */
export function glogLine(level: Level, text: string, now = new Date(), pid = process.pid): string {
  const day = `${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  const micros = String(now.getMilliseconds()).padStart(3, '0') + '000';
  return `${level}${day} ${time}.${micros} ${String(pid).padStart(5)} stand-in] ${text}\n`;
}

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export const glog: Log = {
  info: (text) => process.stderr.write(glogLine('I', text)),
  warn: (text) => process.stderr.write(glogLine('W', text)),
  error: (text) => process.stderr.write(glogLine('E', text)),
};

/** Ends the process as Mesos' `EXIT(status)` does. */
export function exitWith(status: number, reason: string): never {
  process.stderr.write(glogLine('E', `EXIT with status ${status}: ${reason}`));
  process.exit(status);
}

/** What each stand-in says first. */
export function announce(what: string): void {
  process.stderr.write(
    `STAND-IN: this is not ${what} but a scripted stand-in for tests; see SPEC.md\n`,
  );
}
