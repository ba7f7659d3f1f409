/** Labels by which Docker itself remembers what is part of which lab, and as what. */
export const LABEL = {
  lab: 'crossflock.lab',
  part: 'crossflock.lab.part',
  cloud: 'crossflock.lab.cloud',
  number: 'crossflock.lab.number',
  address: 'crossflock.lab.address',
  bare: 'crossflock.lab.bare',
  subnet: 'crossflock.lab.subnet',
  /** On the network, which is made first: whether the lab is to have a registry. */
  registry: 'crossflock.lab.registry',
} as const;

/** Images that the lab's machines are made from. */
export const LAB_IMAGES = {
  host: 'crossflock/lab-host',
  bare: 'crossflock/lab-bare',
  registry: 'crossflock/lab-registry',
} as const;

/** The user with passwordless sudo, as on Chameleon, and the one whose sudo asks. */
export const LAB_USERS = { free: 'cc', locked: 'locked' } as const;

export const DEFAULT_LAB = 'lab';
export const DEFAULT_CLOUDS: readonly string[] = ['chameleon', 'azure', 'cloudlab'];

/** TCP port of the lab's registry, at the registry's own address. */
export const REGISTRY_PORT = 5000;

/** Host names and Docker's names both allow it; short enough for both when put together. */
const NAME = /^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/;

/** What a lab or a cloud may be called, in words. */
export const NAME_RULE =
  'write up to 30 lower-case letters, digits and "-", beginning with a letter';

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** The container of a host. */
export function hostContainer(lab: string, hostId: string): string {
  return `${lab}-${hostId}`;
}

export function registryContainer(lab: string): string {
  return `${lab}-registry`;
}

/** The lab's Docker network. */
export function networkName(lab: string): string {
  return `${lab}-lab`;
}
