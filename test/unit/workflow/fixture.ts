import { readFileSync } from 'node:fs';

import { type JobEvent, readEvent } from '../../../src/workflow/htcondor/events.js';
import { JsonObjectStream } from '../../../src/workflow/htcondor/json-objects.js';

/** A file captured from HTCondor; test/fixtures/htcondor/README.md says what happened in it. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/htcondor/${name}`, import.meta.url), 'utf8');
}

export function objects(text: string): Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = [];
  const stream = new JsonObjectStream((piece) => {
    if (!piece.ok) throw new Error(`damaged: ${piece.reason}: ${piece.text}`);
    found.push(piece.value);
  });
  stream.push(Buffer.from(text));
  return found;
}

export function events(name: string): JobEvent[] {
  return objects(fixture(name)).map((ad) => {
    const read = readEvent(ad);
    if (!read.ok) throw new Error(read.reason);
    return read.event;
  });
}

/** A network of 1,659 edges, as the captured summaries say. */
export const NETWORK_TSV = [
  'gene1\tgene2\tcorrelation\tinteraction',
  ...Array.from({ length: 1659 }, (_, index) => `hub\tgene${index}\t0.9\tco`),
  '',
].join('\n');
