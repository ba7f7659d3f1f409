// What groups of processes cost: their CPU time and the most memory that each has had, read from
// /proc, which shows the processes of containers too.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuFields } from './processes.mjs';

/** What ends between two looks is in its parent's time, unless the parent ends as well. */
const LOOK_MS = 1000;

/**
 * Looks at processes again and again. A group is named, and begins with the processes whose command
 * line its function knows; whatever they start belongs to it.
 */
export class Meter {
  #known = new Map();
  #groups = new Map();
  #stop = new globalThis.AbortController();
  #looking;
  #last;

  /** @param groups function of a command line, by name */
  constructor(groups) {
    for (const [name, owns] of Object.entries(groups)) {
      this.#groups.set(name, { owns, cpu: 0, peaks: new Map() });
    }
    this.#looking = this.#look();
  }

  /**
   * Looks on until a group that was there is gone, or `stop`.
   * @returns of the last look that it was there at, by name: CPU seconds, and the sum of the
   * processes' peaks in bytes; undefined where it was not there
   */
  async until(name) {
    const { signal } = this.#stop;
    let seen;
    while (!signal.aborted && (seen === undefined || this.#last[name].alive)) {
      if (this.#last?.[name].alive) seen = this.#last;
      await sleep(LOOK_MS / 4, undefined, { signal }).catch(() => undefined);
    }
    return seen;
  }

  async stop() {
    this.#stop.abort();
    await this.#looking;
  }

  async #look() {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#measure();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #measure() {
    const processes = allProcesses();
    this.#forget(processes);
    for (const pid of processes.keys()) this.#groupOf(pid, processes);
    for (const [name, group] of this.#groups) {
      const own = [...processes].filter(([pid]) => this.#known.get(pid)?.group === name);
      for (const [pid] of own) {
        // What is started for a moment, again and again, counts once.
        const { title } = this.#known.get(pid);
        group.peaks.set(title, Math.max(group.peaks.get(title) ?? 0, peakMemory(pid)));
      }
      group.cpu = Math.max(
        group.cpu,
        sum(own, ([, { cpu }]) => cpu),
      );
      group.alive = own.length > 0;
    }
    this.#last = Object.fromEntries(
      [...this.#groups].map(([name, { cpu, peaks, alive }]) => [
        name,
        { cpu, alive, memory: sum([...peaks.values()], (peak) => peak) },
      ]),
    );
  }

  /** The own group of a process, or that of the one that started it. */
  #groupOf(pid, processes) {
    const process = processes.get(pid);
    if (process === undefined) return undefined;
    const known = this.#known.get(pid);
    if (known !== undefined) return known.group;
    const line = commandLine(pid);
    const own = [...this.#groups].find(([, { owns }]) => owns(line, pid))?.[0];
    const group = own ?? this.#groupOf(process.parent, processes);
    this.#known.set(pid, { group, title: line, startedAt: process.startedAt });
    return group;
  }

  /** Numbers of processes come back. */
  #forget(processes) {
    for (const [pid, { startedAt }] of this.#known) {
      if (processes.get(pid)?.startedAt !== startedAt) this.#known.delete(pid);
    }
  }
}

const sum = (items, value) => items.reduce((total, item) => total + value(item), 0);

function allProcesses() {
  const found = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const fields = gone(() => cpuFields(pid));
    if (fields !== undefined) found.set(pid, fields);
  }
  return found;
}

function commandLine(pid) {
  const text = gone(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
  return text.replaceAll('\0', ' ').trim();
}

function peakMemory(pid) {
  const text = gone(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Undefined where the process has ended meanwhile. */
function gone(read) {
  try {
    return read();
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}
