/** What an agent keeps in its work directory, in the folders of Mesos' own. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AgentInfo, FrameworkInfo, TaskRecord } from '../common/mesos.js';

/** A task with the container that runs it. */
export interface RunRecord {
  readonly task: TaskRecord;
  readonly framework: FrameworkInfo;
  readonly containerId: string;
  /** Its last status has got to the framework: nothing is left to be said. */
  done: boolean;
  /** Its container has been removed, too. */
  removed: boolean;
}

export class Checkpoint {
  readonly #workDir: string;

  constructor(workDir: string) {
    this.#workDir = workDir;
    mkdirSync(join(workDir, 'meta/slaves'), { recursive: true });
  }

  get #latest(): string {
    return join(this.#workDir, 'meta/slaves/latest');
  }

  /** The id and the settings that this agent had before. */
  read(): { readonly id: string; readonly info: AgentInfo } | undefined {
    if (!existsSync(this.#latest)) return undefined;
    const id = readlinkSync(this.#latest).split('/').at(-1) ?? '';
    return {
      id,
      info: JSON.parse(readFileSync(join(this.#latest, 'slave.info'), 'utf8')) as AgentInfo,
    };
  }

  write(id: string, info: AgentInfo): void {
    const folder = join(this.#workDir, 'meta/slaves', id);
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, 'slave.info'), JSON.stringify(info));
    rmSync(this.#latest, { force: true });
    symlinkSync(folder, this.#latest);
  }

  /** The next start is that of a new agent. */
  forget(): void {
    rmSync(this.#latest, { force: true });
  }

  runs(agentId: string): RunRecord[] {
    const folder = this.#runs(agentId);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RunRecord);
  }

  writeRun(run: RunRecord): void {
    const folder = this.#runs(run.task.agentId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${run.containerId}.json`);
    if (run.done && run.removed) rmSync(file, { force: true });
    else writeWhole(file, JSON.stringify(run));
  }

  /** Where an executor reads what it is to do. */
  runFile(run: RunRecord): string {
    return join(this.#runs(run.task.agentId), `${run.containerId}.json`);
  }

  sandbox({ task, framework, containerId }: RunRecord): string {
    return join(
      this.#workDir,
      `slaves/${task.agentId}/frameworks/${framework.id}/executors/${task.info.id}/runs`,
      containerId,
    );
  }

  #runs(agentId: string): string {
    return join(this.#workDir, 'meta/slaves', agentId, 'stand-in-runs');
  }
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
