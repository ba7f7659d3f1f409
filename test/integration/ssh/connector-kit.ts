import { SshConnector, type SshConnectorOptions } from '../../../src/adapters/ssh/index.js';
import { systemClock } from '../../../src/adapters/system-clock.js';
import type { Questions } from '../../../src/ports/questions.js';
import type { SshTarget } from '../../../src/ports/ssh-target.js';
import type { Sshd, SshWorld } from './sshd.js';

/** Questions with answers given in advance; remembers what was asked. */
export class ScriptedQuestions implements Questions {
  readonly possible: boolean;
  readonly asked: (readonly string[])[] = [];
  /** Questions that are open at the same moment, at most. */
  mostAtOnce = 0;
  #open = 0;
  readonly #answer: (count: number) => boolean;

  constructor(possible: boolean, answer: (count: number) => boolean = () => true) {
    this.possible = possible;
    this.#answer = answer;
  }

  async confirm(lines: readonly string[]): Promise<boolean> {
    this.#open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open);
    this.asked.push(lines);
    await new Promise((resolve) => setImmediate(resolve));
    this.#open -= 1;
    return this.#answer(this.asked.length);
  }
}

export const nobody = new ScriptedQuestions(false);

export interface Kit {
  readonly connector: SshConnector;
  readonly notices: string[];
}

export function connectorIn(world: SshWorld, options: Partial<SshConnectorOptions> = {}): Kit {
  const notices: string[] = [];
  const connector = new SshConnector({
    env: { XDG_STATE_HOME: world.path('state') },
    homedir: world.home,
    clock: systemClock,
    questions: nobody,
    acceptNewHostKeys: true,
    onNotice: (level, message) => notices.push(`${level}: ${message}`),
    systemFolder: world.path('etc'),
    ...options,
  });
  return { connector, notices };
}

export function targetOf(world: SshWorld, sshd: Sshd, more: Partial<SshTarget> = {}): SshTarget {
  return {
    name: 'chi-1',
    address: '127.0.0.1',
    port: sshd.port,
    user: world.user,
    identityFile: world.clientKey,
    sudo: 'none',
    configFile: 'none',
    connectTimeoutMs: 10_000,
    ...more,
  };
}
