import { readFileSync } from 'node:fs';

/** One captured command line. */
export interface Captured {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const BLOCK = /^### .*\n\$ (.*)\n--- stdout\n([^]*?)--- stderr\n([^]*?)--- exit (\d+)$/gm;

export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/weave/${name}`, import.meta.url), 'utf8');
}

/** The blocks of a transcript, in order. */
export function captured(name: string): readonly Captured[] {
  const text = fixture(name).replaceAll('^M', '\r');
  return [...text.matchAll(BLOCK)].map(([, command = '', stdout = '', stderr = '', exit]) => ({
    ...{ command, stdout, stderr },
    exitCode: Number(exit),
  }));
}

/** The first block whose command line contains `part`. */
export function block(name: string, part: string): Captured {
  const found = captured(name).find(({ command }) => command.includes(part));
  if (found === undefined) throw new Error(`${name} has no block with ${part}`);
  return found;
}

/** All lines of a transcript that `weave status connections` wrote. */
export function connectionLines(name: string): readonly string[] {
  return captured(name).flatMap(({ stdout }) =>
    stdout.split('\n').filter((line) => /^(->|<-) \d/.test(line)),
  );
}
