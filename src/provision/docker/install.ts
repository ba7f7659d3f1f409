import type { DockerPlan } from '../../plan/types.js';
import type { Host } from '../../ports/host.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { OsRelease } from '../facts/os-release.js';
import { mustRun } from '../run-command.js';
import { aptCandidates, aptInstall, aptUpdate, CONFIGURE_ARGV, type AptOptions } from './apt.js';
import type { DockerNeed } from './docker-need.js';

const MINUTE = 60_000;
const KEYRINGS = '/etc/apt/keyrings';
const KEY_FILE = `${KEYRINGS}/docker.asc`;
const SOURCES_FILE = '/etc/apt/sources.list.d/docker.sources';

/** What Docker's own instructions install, without the parts for building images. */
const DOCKER_PACKAGES = ['docker-ce', 'docker-ce-cli', 'containerd.io'];

/** Docker's repository for a distribution; https://docs.docker.com/engine/install/debian/ */
export function repositoryUri({ id }: OsRelease): string {
  return `https://download.docker.com/linux/${id === 'ubuntu' ? 'ubuntu' : 'debian'}`;
}

/** The file that `apt-get update` reads first there. */
export function repositoryRelease(os: OsRelease): string {
  return `${repositoryUri(os)}/dists/${os.codename}/InRelease`;
}

/** The apt source in the form of deb822, as Docker's instructions write it. */
export function repositorySource(os: OsRelease): string {
  return [
    'Types: deb',
    `URIs: ${repositoryUri(os)}`,
    `Suites: ${os.codename}`,
    'Components: stable',
    `Signed-By: ${KEY_FILE}`,
    '',
  ].join('\n');
}

/** The commands that bring the key which signs Docker's packages, by Docker's instructions. */
export function repositoryKeyCommands(os: OsRelease): readonly (readonly string[])[] {
  return [
    ['install', '-m', '0755', '-d', KEYRINGS],
    ['curl', '-fsSL', '--max-time', '60', `${repositoryUri(os)}/gpg`, '-o', KEY_FILE],
    ['chmod', 'a+r', KEY_FILE],
  ];
}

/**
 * The packages of Debian and Ubuntu. The client is a package of its own since Debian 13, the engine
 * needs iptables and does not always ask for it.
 *
 * @param known the packages that the host's lists have
 */
export function distributionPackages(
  { install }: DockerNeed,
  { lacksAppArmor }: Pick<HostFacts, 'lacksAppArmor'>,
  known: ReadonlySet<string>,
): readonly string[] {
  const packages = install.includes('engine') ? ['docker.io', 'iptables', 'ca-certificates'] : [];
  if (install.includes('client'))
    packages.push(known.has('docker-cli') ? 'docker-cli' : 'docker.io');
  // Where the kernel enforces AppArmor, the engine starts no container without its parser.
  if (lacksAppArmor && install.includes('engine')) packages.push('apparmor');
  return [...new Set(packages)];
}

export interface InstallOptions extends AptOptions {
  readonly source: DockerPlan['source'];
  readonly facts: HostFacts;
  /** Whether an earlier dpkg has left something half done. */
  readonly unfinished: boolean;
}

/** Installs what is missing of Docker Engine. Finds what a run that died has done already. */
export async function installDocker(
  host: Host,
  need: DockerNeed,
  options: InstallOptions,
): Promise<void> {
  const { signal, source, facts, unfinished } = options;
  if (unfinished || need.finish) await finishInstallation(host, options);
  if (source === 'docker') {
    await addRepository(host, facts.os, options);
    await aptInstall(host, DOCKER_PACKAGES, options);
    return;
  }
  const asked = ['docker.io', 'docker-cli'];
  let known = await aptCandidates(host, asked, signal);
  if (!known.has('docker.io')) {
    await aptUpdate(host, options);
    known = await aptCandidates(host, asked, signal);
  }
  await aptInstall(host, distributionPackages(need, facts, known), options);
}

/** Has dpkg do what it was at when it died. */
export async function finishInstallation(
  host: Host,
  { signal, progress }: AptOptions,
): Promise<void> {
  progress('finishing an installation that was interrupted');
  const hint = 'look at what dpkg says on the host: sudo dpkg --configure -a';
  await mustRun(host, CONFIGURE_ARGV, { signal, timeoutMs: 15 * MINUTE, hint });
}

async function addRepository(host: Host, os: OsRelease, options: AptOptions): Promise<void> {
  const { signal } = options;
  await aptUpdate(host, options);
  await aptInstall(host, ['ca-certificates', 'curl'], options);
  const hint = 'see whether the host reaches download.docker.com';
  for (const argv of repositoryKeyCommands(os)) await mustRun(host, argv, { signal, hint });
  await host.put(repositorySource(os), SOURCES_FILE, 0o644, { signal });
  await aptUpdate(host, options);
}

/** Adds a user to the group docker, whose members can become root. */
export function addToGroupArgv(user: string): readonly string[] {
  return ['usermod', '--append', '--groups', 'docker', user];
}
