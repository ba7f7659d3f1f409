import type { CrossflockError } from '../errors/crossflock-error.js';
import type { RetryPolicy } from './retry.js';
import type { BasicAuth } from './url.js';

export interface MarathonClientOptions {
  /** `http://h:9090`, also with `/v2/apps` and the like behind it. */
  readonly url: string;
  readonly auth?: BasicAuth;
  /** Milliseconds until an answer must have come; default 10 s. Event streams have no end. */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
  /** Told before a request is repeated. */
  readonly onRetry?: (error: CrossflockError, delayMs: number) => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Throw at the first failure; for callers that go on asking by themselves. */
  readonly once?: boolean;
}

export interface WriteOptions extends CallOptions {
  /** Override the deployments that hold the app. */
  readonly force?: boolean;
}

export interface ListOptions extends CallOptions {
  /** Marathon's label selector, such as `crossflock.deployment==crossflock`. */
  readonly label?: string | undefined;
}

export interface EventOptions {
  readonly signal: AbortSignal;
  /** Event types to receive; all where empty. */
  readonly types: readonly string[];
  /** Called when the server has accepted the subscription. */
  readonly onOpen?: () => void;
}
