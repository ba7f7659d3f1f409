import type { AppRole } from './types.js';

const EXECUTOR = /executor|worker|runner/i;

interface RoleSource {
  readonly id?: string | undefined;
  readonly image?: string | undefined;
  readonly role?: AppRole | undefined;
}

/** The role that is given, else the one that the container's id or image tells. */
export function roleOf({ id = '', image = '', role }: RoleSource): AppRole {
  if (role !== undefined) return role;
  if (/submitter/i.test(id) || /submitter/i.test(image)) return 'submitter';
  if (EXECUTOR.test(image) || EXECUTOR.test(id)) return 'executor';
  return 'other';
}
