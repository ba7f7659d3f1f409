import { CrossflockError } from '../errors/crossflock-error.js';

import { arrayOf, isObject, objectOf, textOf } from './answers.js';

/** What a Marathon said when it did not do as asked; the `cause` of the error that is thrown. */
export class Refusal extends Error {
  readonly status: number;
  /** Deployments that hold the app (409 locked). */
  readonly deployments: readonly string[];
  readonly kind: 'locked' | 'exists' | 'other';

  constructor(status: number, said: string, kind: Refusal['kind'], deployments: readonly string[]) {
    super(`HTTP ${status}: ${said}`);
    this.name = 'Refusal';
    this.status = status;
    this.kind = kind;
    this.deployments = deployments;
  }
}

/** The refusal behind an error, if it was one. */
export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof CrossflockError && error.cause instanceof Refusal
    ? error.cause
    : undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

export interface AskedFor {
  /** Base URL without credentials. */
  readonly base: string;
  /** What it was about, such as `/submitter`; a path where it was about nothing in particular. */
  readonly what: string;
  readonly withPassword: boolean;
}

/** Turns an answer that is not a success into one error with one readable line. */
export function refusalError(answer: RawAnswer, asked: AskedFor): CrossflockError {
  const parsed = parse(answer.body);
  const said = spoken(parsed, answer);
  const at = `marathon at ${asked.base}`;
  const deployments = arrayOf(objectOf(parsed)['deployments']).flatMap(
    (item) => textOf(objectOf(item)['id']) ?? [],
  );
  const cause = (kind: Refusal['kind'] = 'other'): Refusal =>
    new Refusal(answer.status, said, kind, deployments);
  switch (answer.status) {
    case 401:
      return unauthorized(at, asked, cause());
    case 403:
      return forbidden(at, said, cause());
    case 404:
      return notFound(at, { said, isJson: isObject(parsed), what: asked.what }, cause());
    case 409:
      return conflict(at, { said, deployments, what: asked.what }, cause);
    case 429:
    case 502:
    case 503:
    case 504:
      return new CrossflockError(`${at} is not available now (${answer.status}: ${said})`, {
        code: 'unavailable',
        retryable: true,
        hint: 'wait until it has started and has a leader, then run the command again',
        cause: cause(),
      });
    default:
      return new CrossflockError(`${at} refused ${asked.what} (${answer.status}): ${said}`, {
        code: 'refused',
        cause: cause(),
      });
  }
}

function unauthorized(at: string, asked: AskedFor, cause: Refusal): CrossflockError {
  const text = asked.withPassword
    ? `${at} does not accept this user name and password`
    : `${at} wants a user name and a password`;
  return new CrossflockError(text, {
    code: 'unauthorized',
    hint: `${asked.withPassword ? 'correct' : 'set'} "auth" of the cluster in the configuration`,
    cause,
  });
}

function forbidden(at: string, said: string, cause: Refusal): CrossflockError {
  // The limit on running deployments answers 403, but is over as soon as one of them ends.
  if (said.startsWith('Max number')) {
    return new CrossflockError(`${at} has too many deployments running`, {
      code: 'unavailable',
      retryable: true,
      hint: 'wait until some of them end',
      cause,
    });
  }
  return new CrossflockError(`${at} does not allow it: ${said}`, {
    code: 'unauthorized',
    hint: 'use a user name in "auth" of the cluster that may do this',
    cause,
  });
}

interface Said {
  readonly said: string;
  readonly what: string;
}

function notFound(at: string, it: Said & { isJson: boolean }, cause: Refusal): CrossflockError {
  if (it.isJson) return new CrossflockError(`${at}: ${it.said}`, { code: 'not-found', cause });
  return new CrossflockError(`${at}: there is no marathon behind this address (404: ${it.said})`, {
    code: 'refused',
    hint: 'check marathon_uri in the configuration',
    cause,
  });
}

function conflict(
  at: string,
  it: Said & { deployments: readonly string[] },
  cause: (kind: Refusal['kind']) => Refusal,
): CrossflockError {
  // The form without "deployments" is how versions before 1.5 may say it.
  if (it.deployments.length > 0 || /\blocked\b/i.test(it.said)) {
    const by =
      it.deployments.length === 0 ? 'a deployment' : `deployment ${it.deployments.join(', ')}`;
    return new CrossflockError(`${at}: ${it.what} is locked by ${by}`, {
      code: 'unavailable',
      retryable: true,
      hint: 'wait until that deployment ends, or override it with --force',
      cause: cause('locked'),
    });
  }
  if (/already exists/i.test(it.said)) {
    return new CrossflockError(`${at}: ${it.what} exists already`, {
      code: 'refused',
      cause: cause('exists'),
    });
  }
  return new CrossflockError(`${at} refused ${it.what}: ${it.said}`, {
    code: 'refused',
    cause: cause('other'),
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** The answer's words on one line; pages are reduced to their title. */
function spoken(parsed: unknown, answer: RawAnswer): string {
  if (isObject(parsed)) {
    const details = detailLines(parsed['details']);
    if (details.length > 0) return oneLine(details.join('; '));
    const message = textOf(parsed['message']);
    if (message !== undefined) return oneLine(message);
  }
  const page = /<title>([^<]*)<\/title>/i.exec(answer.body)?.[1];
  if (page !== undefined && page.trim() !== '') return oneLine(page);
  if (answer.body.trim() === '' || answer.body.trimStart().startsWith('<'))
    return 'no reason given';
  return oneLine(answer.body);
}

/**
 * `details` is a list of paths with their errors when the content is wrong (422), and one text when
 * the JSON itself is (400).
 */
function detailLines(details: unknown): readonly string[] {
  if (typeof details === 'string') return [details];
  return arrayOf(details)
    .map(objectOf)
    .map((detail) => {
      const errors = arrayOf(detail['errors']).map((error) => plainWords(textOf(error) ?? ''));
      const path = textOf(detail['path']) ?? '/';
      return path === '/' ? errors.join(', ') : `${path}: ${errors.join(', ')}`;
    })
    .filter((line) => line !== '');
}

/** Keys of Play's JSON library, which Marathon reads requests with. */
const WORDS: Readonly<Record<string, string>> = {
  'error.min': 'is too small',
  'error.max': 'is too large',
  'error.minLength': 'is too short',
  'error.maxLength': 'is too long',
  'error.pattern': 'has a form that is not allowed',
  'error.path.missing': 'is missing',
  'error.unknown.enum.literal': 'is none of the allowed words',
  'error.expected.jsstring': 'must be text',
  'error.expected.jsnumber': 'must be a number',
  'error.expected.jsboolean': 'must be true or false',
  'error.expected.jsarray': 'must be a list',
  'error.expected.jsobject': 'must be an object',
};

function plainWords(error: string): string {
  // The object that follows may hold anything that was sent, secrets included.
  const missing = /^'([^']+)' is undefined on object:/.exec(error)?.[1];
  return missing === undefined ? (WORDS[error] ?? error) : `'${missing}' is missing`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
