import { CrossflockError, type ErrorCode } from '../errors/crossflock-error.js';

/** How the machine is called that crossflock runs on. */
export const HERE = 'this machine';

/** A registry's answer, or none, to a command of docker. */
export interface RegistryAttempt {
  readonly registry: string;
  /** The name with the registry in front. */
  readonly reference: string;
  /** Who tried: the name of a host, or `HERE`. */
  readonly who: string;
  readonly stderr: string;
}

interface Reading {
  readonly sign: RegExp;
  readonly code: ErrorCode;
  readonly says: (attempt: RegistryAttempt) => string;
  readonly hint: (attempt: RegistryAttempt) => string;
}

/**
 * What the engine prints when a registry does not give (or take) an image, the clearest signs
 * first. Texts of Docker 20.10 to 28, seen with a registry of each kind.
 */
const READINGS: readonly Reading[] = [
  {
    sign: /server gave HTTP response to HTTPS client/,
    code: 'refused',
    says: ({ registry, who }) =>
      `the registry ${registry} speaks plain HTTP, which docker on ${who} refuses`,
    hint: ({ registry, who }) =>
      `give the registry a certificate, or add "${serverOf(registry)}" to "insecure-registries" in /etc/docker/daemon.json on ${who} and restart docker`,
  },
  {
    // Docker 26 with a notice of deprecation, containerd by the media type.
    sign: /manifest version 2, schema 1|schema 1 images|manifest\.v1\+prettyjws/i,
    code: 'refused',
    says: ({ reference, who }) =>
      `${reference} has the oldest format of manifests, which docker on ${who} takes no more`,
    hint: () => 'take a later version of the image, or pull and push it again with docker 25',
  },
  {
    sign: /first record does not look like a TLS handshake|malformed HTTP/,
    code: 'refused',
    says: ({ registry }) => `what answers at ${registry} is no registry`,
    hint: () => 'see whether address and port are right',
  },
  {
    sign: /x509:|certificate/,
    code: 'refused',
    says: ({ registry, who }) =>
      `docker on ${who} does not trust the certificate of the registry ${registry}`,
    hint: ({ registry, who }) =>
      `put the certificate of its authority at /etc/docker/certs.d/${serverOf(registry)}/ca.crt on ${who}`,
  },
  {
    sign: /unauthorized|no basic auth credentials|authentication required|access.*denied|denied:/i,
    code: 'unauthorized',
    says: ({ registry, who }) => `the registry ${registry} does not let ${who} in`,
    hint: ({ registry, who }) =>
      who === HERE
        ? `run docker login ${serverOf(registry)}`
        : `run sudo docker login ${serverOf(registry)} on ${who}, without sudo where crossflock has none`,
  },
  {
    sign: /no matching manifest for/,
    code: 'refused',
    says: ({ reference, who }) => `${reference} is not there for the architecture of ${who}`,
    hint: () =>
      'build the images on a machine of that architecture and push them with crossflock images push under a registry folder of their own',
  },
  {
    sign: /manifest unknown|name unknown|repository .*not found|no such manifest|: not found/i,
    code: 'not-found',
    says: ({ reference, registry }) => `the registry ${registry} has no ${reference}`,
    hint: ({ registry }) => `crossflock images push --registry ${registry} puts it there`,
  },
  {
    sign: /connection refused|no such host|no route to host|i\/o timeout|network is unreachable|timeout|deadline exceeded|server misbehaving|EOF/i,
    code: 'unreachable',
    says: ({ registry, who }) => `${who} cannot reach the registry ${registry}`,
    hint: () =>
      'start the registry or let its port through; without "images.registry" in the configuration the images are sent over SSH',
  },
];

/** The error for a docker command that a registry did not serve. */
export function registryRefusal(attempt: RegistryAttempt): CrossflockError {
  const said = lastLine(attempt.stderr);
  const reading = READINGS.find(({ sign }) => sign.test(attempt.stderr));
  if (reading === undefined) {
    return new CrossflockError(`${attempt.reference} on ${attempt.who}: ${said}`, {
      code: 'command-failed',
      cause: attempt.stderr,
    });
  }
  return new CrossflockError(`${reading.says(attempt)}: ${said}`, {
    code: reading.code,
    hint: reading.hint(attempt),
    retryable: reading.code === 'unreachable',
    cause: attempt.stderr,
  });
}

/** The registry without its folder, as docker's own settings name it. */
function serverOf(registry: string): string {
  return registry.split('/')[0] ?? '';
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
