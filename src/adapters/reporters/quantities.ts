const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/**
 * A span of time in few characters, as exact as a glance needs: `0.4 s`, `12 s`, `4 min 05 s`,
 * `3 h 12 min`, `2 d 4 h`.
 */
export function roughDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < MINUTE - 0.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two(whole % MINUTE)} s`;
  const minutes = Math.round(seconds / MINUTE);
  if (minutes < DAY / MINUTE) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(seconds / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A span of time in at most three characters or so: `42s`, `12m`, `3h`, `2d`. */
export function tinyDuration(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)}s`;
  if (seconds < 99.5 * MINUTE) return `${Math.round(seconds / MINUTE)}m`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)}h`;
  return `${Math.round(seconds / DAY)}d`;
}

/** Thousands apart (`12,345`); below 10 with as many digits as say something: `0.042`, `3.1`. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return grouped(value);
  if (value >= 10) return grouped(Math.round(value));
  return value >= 1 ? value.toFixed(1) : value.toPrecision(2);
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
