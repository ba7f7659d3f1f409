import { utcFormat } from 'd3-time-format';

import { formatDuration } from '../../util/duration.js';

const moment = utcFormat('%Y-%m-%d %H:%M:%S UTC');

/** A moment, in UTC so that two readers of a report see the same. */
export function momentText(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : moment(date);
}

export function secondsText(seconds: number): string {
  return formatDuration(seconds * 1000);
}
