/** Credentials files and the proof of a secret. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Proof } from './mesos.js';

export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

const pathOf = (value: string): string => value.replace(/^file:\/\//, '');

function isCredential(value: unknown): value is Credential {
  if (typeof value !== 'object' || value === null) return false;
  return 'principal' in value && 'secret' in value && typeof value.principal === 'string';
}

/** The agent's `--credential`. @throws Error in Mesos' words when it is not JSON */
export function readCredential(value: string): Credential {
  const text = readFileSync(pathOf(value), 'utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    const first = text.split('\n')[0] ?? '';
    // Mesos shows the text itself, secret and all.
    throw new Error(
      `Invalid json format: syntax error at line 1 near: ${first} (see --credential flag)`,
    );
  }
  if (!isCredential(parsed))
    throw new Error("Failed to parse credential: missing 'principal' or 'secret'");
  return parsed;
}

/** The master's `--credentials`: JSON, or one `principal secret` a line. */
export function readCredentials(value: string): readonly Credential[] {
  const text = readFileSync(pathOf(value), 'utf8');
  if (text.trim().startsWith('{')) {
    const { credentials } = JSON.parse(text) as { readonly credentials?: readonly unknown[] };
    return (credentials ?? []).filter(isCredential);
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [principal = '', secret, extra] = line.trim().split(/\s+/);
      if (secret === undefined || extra !== undefined) {
        throw new Error(`Invalid credential format at line: ${line}`);
      }
      return { principal, secret };
    });
}

const answerTo = (nonce: string, secret: string): string =>
  createHmac('md5', secret).update(nonce).digest('hex');

export function prove({ principal, secret }: Credential, nonce: string): Proof {
  return { principal, answer: answerTo(nonce, secret) };
}

export function isProved(proof: Proof, nonce: string, credentials: readonly Credential[]): boolean {
  const known = credentials.find(({ principal }) => principal === proof.principal);
  if (known === undefined) return false;
  const wanted = Buffer.from(answerTo(nonce, known.secret));
  const given = Buffer.from(proof.answer);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
