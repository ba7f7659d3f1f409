import { readFileSync } from 'node:fs';

/** Text of a file in test/fixtures/pegasus; its README says where each is from. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/pegasus/${name}`, import.meta.url), 'utf8');
}
