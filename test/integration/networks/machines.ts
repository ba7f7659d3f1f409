import { execa } from 'execa';

import { LocalHost } from '../../../src/adapters/local-host.js';
import { hostAddress } from '../../../src/lab/addresses.js';
import { createNetworkArgs, runHostArgs } from '../../../src/lab/containers.js';
import { hostContainer, networkName } from '../../../src/lab/names.js';
import type { Host, RunOptions, RunResult } from '../../../src/ports/host.js';

const BOOT_SECONDS = '60';

/** A machine with a Docker Engine of its own: a lab host, entered through `docker exec` as root. */
export class Machine implements Host {
  readonly name: string;
  readonly address: string;
  readonly #container: string;
  readonly #local = new LocalHost();

  constructor(lab: string, number: number, address: string) {
    this.name = `h${number}`;
    this.address = address;
    this.#container = hostContainer(lab, this.name);
  }

  run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { env = {}, ...given } = options;
    // It is root there already.
    const rest = { ...given, sudo: false };
    const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    return this.#local.run(['docker', 'exec', '-i', ...variables, this.#container, ...argv], rest);
  }

  /** Standard output of a command that has to succeed. */
  async must(...argv: readonly string[]): Promise<string> {
    const result = await this.run(argv);
    if (result.exitCode === 0) return result.stdout.trim();
    throw new Error(`${this.name}: ${argv.join(' ')}: ${result.stderr}`);
  }

  async reboot(): Promise<void> {
    await execa('docker', ['restart', '--time', '15', this.#container]);
    await this.must('crossflock-lab', 'wait', BOOT_SECONDS);
  }

  put = unused;
  forward = unused;
  reverseForward = unused;
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error('not needed here'));
}

/** Switches machines on, with this image in their engines. Call `switchOff` in any case. */
export async function switchOn(
  lab: string,
  subnet: string,
  options: { readonly count: number; readonly image: string },
): Promise<readonly Machine[]> {
  const { count, image } = options;
  const place = { lab, subnet };
  await execa('docker', createNetworkArgs(place));
  const saved = execa('docker', ['save', image], { encoding: 'buffer', maxBuffer: 2 ** 30 });
  const machines = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return new Machine(lab, number, hostAddress(subnet, 1, number));
  });
  const archive = (await saved).stdout;
  await Promise.all(
    machines.map(async (machine, index) => {
      const host = { id: machine.name, cloud: 'h', number: index + 1, isBare: false };
      await execa('docker', runHostArgs(place, { ...host, address: machine.address }));
      await machine.must('crossflock-lab', 'wait', BOOT_SECONDS);
      const loaded = await machine.run(['docker', 'load'], { stdin: archive });
      if (loaded.exitCode !== 0) throw new Error(loaded.stderr);
    }),
  );
  return machines;
}

/** Takes all of it away; what is not there is fine. */
export async function switchOff(lab: string): Promise<void> {
  const { stdout } = await execa('docker', [
    'ps',
    '-aq',
    '--filter',
    `label=crossflock.lab=${lab}`,
  ]);
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await execa('docker', ['rm', '--force', '--volumes', ...ids]);
  await execa('docker', ['network', 'rm', networkName(lab)], { reject: false });
}
