import { readFileSync } from 'node:fs';

import { parseReport } from '../../../../src/networks/weave/report.js';
import type { Connection } from '../../../../src/networks/weave/report.js';

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

/**
 * Reads a line of `weave status connections` as `weave report` would give it: the line is the
 * report's address, state and `Info`, then its attributes with nothing in between.
 */
export function connectionOf(line: string): Connection {
  const match = /^(->|<-) (\S+) +(\S+) *(.*?)(?: (?:encrypted=true)?mtu=(\d+))?\r?$/.exec(line);
  if (match === null) throw new Error(`no line of weave status connections: ${line}`);
  const [, arrow, Address, State, Info, mtu] = match;
  const Attrs = mtu === undefined ? {} : { mtu: Number(mtu) };
  const report = JSON.parse(fixture('2.8.1/report.json')) as { Router: object };
  const Connections = [{ Address, Outbound: arrow === '->', State, Info, Attrs }];
  const text = JSON.stringify({ ...report, Router: { ...report.Router, Connections } });
  return parseReport(text).connections[0]!;
}
