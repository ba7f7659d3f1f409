import type { Problem } from '../../errors/problem.js';
import { parseEndpoint } from '../../plan/hosts.js';
import type { TextView } from '../view-hosts.js';
import { PLACEHOLDER } from './placeholders.js';

/** As in the schema's `user` and `address`. */
const USER = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/;
const ADDRESS = /^[A-Za-z0-9:][A-Za-z0-9._:%-]*$/;
const FORM = 'write "user@address:port", the user and the port only where they are needed';

/** Jump hosts that are written as a text, in the form that OpenSSH's ProxyJump has for one. */
export function jumpProblems(jumps: readonly TextView[]): readonly Problem[] {
  return jumps.flatMap(({ path, text }): readonly Problem[] => {
    if (PLACEHOLDER.test(text)) return [];
    const fault = faultOf(text);
    const value = JSON.stringify(withoutPassword(text));
    return fault === undefined ? [] : [{ severity: 'error', path, value, ...fault }];
  });
}

type Fault = Pick<Problem, 'message' | 'fix'>;

function faultOf(text: string): Fault | undefined {
  if (text === 'none') return { message: 'is not a host', fix: 'write [] for no jump host' };
  if (text.includes(',')) {
    const each = text.split(',').map((part) => JSON.stringify(withoutPassword(part.trim())));
    return { message: 'is more than one host', fix: `write [${each.join(', ')}]` };
  }
  const plain = text.replace(/^ssh:\/\//i, '');
  if (plain !== text) {
    const fix = isEndpoint(plain) ? `write "${plain}"` : FORM;
    return { message: 'is a URL', fix };
  }
  return isEndpoint(text) ? undefined : { message: 'is not a host to jump over', fix: FORM };
}

function isEndpoint(text: string): boolean {
  const { user, address, port } = parseEndpoint(text);
  const hasUser = text.includes('@');
  if (hasUser && (user === undefined || !USER.test(user))) return false;
  if (port !== undefined && (port < 1 || port > 65535)) return false;
  // Without brackets a colon belongs to the port.
  const bracketed = /(?:^|@)\[[^\]]+\](?::\d+)?$/.test(text);
  return ADDRESS.test(address) && (bracketed || !address.includes(':'));
}

/** People write `user:password@host`, as in other addresses; OpenSSH takes no password there. */
function withoutPassword(text: string): string {
  return text.replace(/:(?!\/\/)[^@]*@/, ':…@');
}
