/** App and group ids: absolute paths such as `/kinc/submitter` (Marathon's PathId). */
import { type Violations, unprocessable } from '../errors.js';

const SEGMENT =
  '^(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])|(\\.|\\.\\.)$';
const SEGMENT_RULE = new RegExp(`^(?:${SEGMENT.slice(1, -1)})$`);
const RESERVED = ['restart', 'tasks', 'versions', '.', '..'];

/** Path ids as a request may write them (stringTypes.raml, `PathId`). */
export const PATH_ID =
  /^(\/?((\.\.)|(([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9]))?($|\/))+$/;

export const ROOT = '/';

const segments = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

/** Absolute form of `path`, taken from `base` when relative; `.` and `..` resolved as far as they go. */
export function absolutePath(path: string, base: string = ROOT): string {
  const parts = path.startsWith('/') ? segments(path) : [...segments(base), ...segments(path)];
  const resolved: string[] = [];
  for (const part of parts) {
    if (part === '..') resolved.pop();
    else if (part !== '.') resolved.push(part);
  }
  return `/${resolved.join('/')}`;
}

export function parentOf(path: string): string {
  return `/${segments(path).slice(0, -1).join('/')}`;
}

/** `/a/b` → `/a`; of a root-level app, the app itself. */
export function topLevelOf(path: string): string {
  return segments(path)[0] ?? '';
}

/** Whether `path` lies below `group` (at any depth). */
export function isBelow(path: string, group: string): boolean {
  return path !== group && path.startsWith(group === ROOT ? ROOT : `${group}/`);
}

/** All groups on the way from the root (excluded) to the parent of `path`. */
export function groupsOnTheWay(path: string): readonly string[] {
  const parts = segments(path).slice(0, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/** Reports everything wrong with an absolute app id under `at`. */
export function checkAppId(id: string, at: string, violations: Violations): void {
  const parts = segments(id);
  checkSegments(id, at, violations);
  violations.check(parts.length > 0, at, 'Path must contain at least one path element');
  violations.check(parts.length > 0, '/', 'must not be root');
}

/** Reports bad segments and reserved last words of an id under `at`. */
export function checkSegments(id: string, at: string, violations: Violations): void {
  const parts = segments(id);
  violations.check(
    parts.every((part) => SEGMENT_RULE.test(part)),
    at,
    `must fully match regular expression '${SEGMENT}'`,
  );
  violations.check(
    !RESERVED.includes(parts.at(-1) ?? ''),
    at,
    `must not end with any of the following reserved keywords: ${RESERVED.join(', ')}`,
  );
}

/**
 * A timestamp from a URL in the API's own form.
 * @throws ApiError 422 when it is not ISO-8601
 */
export function urlTimestamp(text: string): string {
  const date = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(date.getTime())) {
    throw unprocessable(
      `Invalid timestamp provided '${text}'. Expecting ISO-8601 datetime string.`,
    );
  }
  return date.toISOString();
}
