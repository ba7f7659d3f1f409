import type { Host } from '../ports/host.js';
import { HERE, registryRefusal } from './registry-refusal.js';

const ANSWER_MS = 30_000;

/** What a registry has under a name. */
export interface RegistryImage {
  /** With registry and tag: `registry:5000/crossflock/executor:latest`. */
  readonly reference: string;
  /**
   * Digests of its manifests and of the configurations they name: the id that the image has on any
   * engine that pulled it is among them. Undefined where the registry could not be asked.
   */
  readonly digests?: readonly string[];
}

/** A manifest as `docker manifest inspect --verbose` prints it. */
interface VerboseManifest {
  readonly Descriptor?: { readonly digest?: string };
  readonly SchemaV2Manifest?: { readonly config?: { readonly digest?: string } };
  readonly OCIManifest?: { readonly config?: { readonly digest?: string } };
}

/** Reads the answer of `docker manifest inspect --verbose`: one manifest, or a list of them. */
export function parseManifestDigests(json: string): readonly string[] {
  const answer = JSON.parse(json) as VerboseManifest | readonly VerboseManifest[];
  const manifests = 'length' in answer ? answer : [answer];
  return manifests.flatMap(({ Descriptor, SchemaV2Manifest, OCIManifest }) =>
    [Descriptor?.digest, SchemaV2Manifest?.config?.digest, OCIManifest?.config?.digest].filter(
      (digest) => digest !== undefined,
    ),
  );
}

/**
 * Asks a registry from this machine, with the credentials that docker has here. A registry that only
 * the hosts can reach is no mistake: then nothing is known.
 * @throws CrossflockError `not-found` when the registry says that it has no such image
 */
export async function askRegistry(
  here: Host,
  registry: string,
  reference: string,
  signal: AbortSignal,
): Promise<RegistryImage> {
  const inspect = ['docker', 'manifest', 'inspect', '--verbose'];
  const options = { signal, timeoutMs: ANSWER_MS };
  let result = await here.run([...inspect, reference], options);
  // A registry without TLS answers either way, depending on docker's version. Without encryption no
  // credentials are shown to whoever answers: docker finds none in a folder that is not there.
  if (/HTTP response to HTTPS client|no such manifest/.test(result.stderr)) {
    const env = { DOCKER_CONFIG: '/nonexistent' };
    result = await here.run([...inspect, '--insecure', reference], { ...options, env });
  }
  if (result.exitCode === 0) return { reference, digests: parseManifestDigests(result.stdout) };
  const refusal = registryRefusal({
    registry,
    reference,
    who: HERE,
    stderr: result.stderr,
  });
  if (refusal.code === 'not-found') throw refusal;
  return { reference };
}
