import { describe, expect, it } from 'vitest';
import { availableImages } from '../../../src/images/available-images.js';
import { inRegistry, planPush, pushImage, PushProgress } from '../../../src/images/push.js';
import { askRegistry, parseManifestDigests } from '../../../src/images/registry-question.js';
import { registryRefusal } from '../../../src/images/registry-refusal.js';
import { parseBuildLine, runBuildScript, type BuildLine } from '../../../src/images/build.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { factsOf, inspected } from './fixtures.js';

const { signal } = new AbortController();
const REGISTRY = 'registry:5000';
const REFERENCE = 'registry:5000/crossflock/first:latest';
const INSPECT = ['docker', 'manifest', 'inspect', '--verbose'];
/** As docker 28 prints it, shortened. */
const VERBOSE = JSON.stringify({
  Ref: REFERENCE,
  Descriptor: {
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    digest: 'sha256:m',
  },
  Raw: '',
  SchemaV2Manifest: { schemaVersion: 2, config: { digest: 'sha256:c' }, layers: [] },
});
/** What docker 20.10 and 28 printed. */
const SAID = {
  refused:
    'Error response from daemon: Get "https://10.199.3.17:5000/v2/": dial tcp 10.199.3.17:5000: connect: connection refused',
  noRoute:
    'failed to configure transport: error pinging v2 registry: Get "https://10.199.3.9:5000/v2/": dial tcp 10.199.3.9:5000: connect: no route to host',
  plain: 'Get "https://10.199.3.2:5000/v2/": http: server gave HTTP response to HTTPS client',
  noManifest: 'no such manifest: 10.199.3.2:5000/crossflock/nope:latest',
  unknown:
    'Error response from daemon: manifest for 10.199.3.2:5000/crossflock/none:latest not found: manifest unknown: manifest unknown',
  notOne: 'Get "https://10.199.3.17:22/v2/": tls: first record does not look like a TLS handshake',
  certificate:
    'Error response from daemon: Get "https://registry:5000/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  login: 'Error response from daemon: Get "https://registry:5000/v2/": no basic auth credentials',
  format:
    '[DEPRECATION NOTICE] Docker Image Format v1, and Docker Image manifest version 2, schema 1 support is disabled by default',
  architecture:
    'no matching manifest for linux/arm64/v8 in the manifest list entries: no match for platform in manifest: not found',
};

describe('why a registry does not serve', () => {
  it.each([
    ['refused', 'unreachable', /azure-1 cannot reach the registry registry:5000/, /sent over SSH/],
    ['noRoute', 'unreachable', /cannot reach/, /let its port through/],
    ['plain', 'refused', /speaks plain HTTP/, /"insecure-registries" in .*daemon\.json on azure-1/],
    ['noManifest', 'not-found', /has no registry:5000/, /images push --registry registry:5000/],
    ['unknown', 'not-found', /has no registry:5000/, /images push/],
    ['notOne', 'refused', /is no registry/, /address and port/],
    ['certificate', 'refused', /does not trust/, /certs\.d\/registry:5000\/ca\.crt on azure-1/],
    [
      'login',
      'unauthorized',
      /does not let azure-1 in/,
      /sudo docker login registry:5000 on azure-1/,
    ],
    ['format', 'refused', /oldest format of manifests, which docker on azure-1/, /later version/],
    ['architecture', 'refused', /not there for the architecture of azure-1/, /a machine of that/],
  ] as const)('%s', (said, code, message, hint) => {
    const stderr = SAID[said];
    const attempt = { registry: REGISTRY, reference: REFERENCE, who: 'azure-1', stderr };
    const error = registryRefusal(attempt);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(stderr);
    expect(error.hint).toMatch(hint);
  });

  it('anything else is told as it is', () => {
    const error = registryRefusal({
      registry: REGISTRY,
      reference: REFERENCE,
      who: 'azure-1',
      stderr: 'a\nsomething else\n',
    });
    expect(error).toMatchObject({
      code: 'command-failed',
      message: expect.stringMatching(/something else$/) as string,
    });
  });
});

describe('asking a registry', () => {
  it('tells manifest and configuration, of lists as well', () => {
    expect(parseManifestDigests(VERBOSE)).toEqual(['sha256:m', 'sha256:c']);
    const oci =
      '{"Descriptor":{"digest":"sha256:o"},"OCIManifest":{"config":{"digest":"sha256:d"}}}';
    expect(parseManifestDigests(`[${VERBOSE},${oci}]`)).toEqual([
      'sha256:m',
      'sha256:c',
      'sha256:o',
      'sha256:d',
    ]);
  });

  it('without TLS asks again, and shows no credentials', async () => {
    const host = new FakeHost()
      .once([...INSPECT, REFERENCE], { exitCode: 1, stderr: SAID.plain })
      .once([...INSPECT, '--insecure', REFERENCE], { stdout: VERBOSE });
    expect(await askRegistry(host, REGISTRY, REFERENCE, signal)).toEqual({
      reference: REFERENCE,
      digests: ['sha256:m', 'sha256:c'],
    });
    expect(host.runs.map(({ options }) => options.env)).toEqual([
      undefined,
      { DOCKER_CONFIG: '/nonexistent' },
    ]);
  });

  it('one that only hosts can reach tells nothing', async () => {
    const host = new FakeHost().on([...INSPECT, REFERENCE], { exitCode: 1, stderr: SAID.refused });
    expect(await askRegistry(host, REGISTRY, REFERENCE, signal)).toEqual({ reference: REFERENCE });
  });

  it('one that lacks the image says so', async () => {
    const answer = { exitCode: 1, stderr: SAID.noManifest };
    const host = new FakeHost()
      .on([...INSPECT, REFERENCE], answer)
      .on([...INSPECT, '--insecure', REFERENCE], answer);
    await expect(askRegistry(host, REGISTRY, REFERENCE, signal)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await inRegistry(host, REGISTRY, REFERENCE, signal)).toBeUndefined();
  });
});

describe('where images can be had', () => {
  const local = ['docker', 'image', 'inspect'];
  const both = JSON.stringify(inspected('20.10'));

  it('without a registry: here', async () => {
    const names = ['crossflock/first', 'crossflock/second', 'debian:trixie'];
    const host = new FakeHost().once(
      [...local, 'crossflock/first:latest', 'crossflock/second:latest', 'debian:trixie'],
      {
        exitCode: 1,
        stdout: both,
        stderr: 'Error response from daemon: No such image: debian:trixie\n',
      },
    );
    const found = await availableImages(host, { names, registry: undefined, signal });
    expect([...found.keys()]).toEqual(['crossflock/first:latest', 'crossflock/second:latest']);
    expect(found.get('crossflock/first:latest')).toMatchObject({ from: 'here' });
  });

  it("with one: the project's own there, all others here", async () => {
    const host = new FakeHost()
      .once([...INSPECT, REFERENCE], { stdout: VERBOSE })
      .once([...local, 'debian:trixie'], { exitCode: 1, stdout: '[]\n', stderr: 'No such image' });
    const names = ['crossflock/first', 'debian:trixie'];
    const found = await availableImages(host, { names, registry: REGISTRY, signal });
    expect([...found]).toEqual([
      [
        'crossflock/first:latest',
        { from: 'registry', reference: REFERENCE, digests: ['sha256:m', 'sha256:c'] },
      ],
    ]);
    host.verify();
  });

  it('names all that are nowhere, and what builds them', async () => {
    const host = new FakeHost().on((argv) => argv[2] === 'inspect', {
      exitCode: 1,
      stdout: '[]',
      stderr: 'Error: No such image: crossflock/first:latest',
    });
    const names = ['crossflock/first', 'crossflock/second', 'debian'];
    await expect(
      availableImages(host, { names, registry: undefined, signal }),
    ).rejects.toMatchObject({
      code: 'not-found',
      message:
        'the images crossflock/first:latest, crossflock/second:latest are not on this machine',
      hint: expect.stringContaining('crossflock images build') as string,
    });
  });

  it('says when docker is not there', async () => {
    const stderr =
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
    const host = new FakeHost().on(() => true, { exitCode: 1, stdout: '[]', stderr });
    await expect(
      availableImages(host, { names: ['debian'], registry: undefined, signal }),
    ).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(stderr) as string,
    });
  });
});

describe('pushing', () => {
  const image = factsOf('20.10', 0);
  const change = planPush('crossflock/first:latest', image, REFERENCE, undefined)!;

  it('skips what is there: by id, or by the manifest it was pulled as', () => {
    const there = { reference: REFERENCE, digests: ['sha256:m', image.id] };
    expect(planPush('crossflock/first:latest', image, REFERENCE, there)).toBeUndefined();
    const pulled = { ...image, digests: [`${REFERENCE}@sha256:m`] };
    const manifest = { reference: REFERENCE, digests: ['sha256:m', 'sha256:c'] };
    expect(planPush('crossflock/first:latest', pulled, REFERENCE, manifest)).toBeUndefined();
    expect(planPush('crossflock/first:latest', image, REFERENCE, manifest)?.view.action).toBe(
      'update',
    );
    expect(change.view).toEqual({ action: 'create', kind: 'image', target: REFERENCE });
  });

  it('tells how far it is', async () => {
    const lines = [
      'The push refers to repository [registry:5000/crossflock/first]\n',
      '5f70bf18a086: Preparing\n08622ccde4dd: Prep',
      'aring\n5f70bf18a086: Layer already exists\n',
      '08622ccde4dd: Pushed\nlatest: digest: sha256:x size: 2400\n',
    ];
    const host = new FakeHost()
      .once(['docker', 'tag', 'crossflock/first:latest', REFERENCE], {})
      .once(['docker', 'push', REFERENCE], { stdout: lines });
    const states: string[] = [];
    await pushImage(host, REGISTRY, change, { signal, onProgress: (state) => states.push(state) });
    expect(states.at(-1)).toBe('2 of 2 layers');
    host.verify();
  });

  it('a failed push leaves no name behind', async () => {
    const host = new FakeHost()
      .once(['docker', 'tag', 'crossflock/first:latest', REFERENCE], {})
      .once(['docker', 'push', REFERENCE], { exitCode: 1, stderr: SAID.refused })
      .once(['docker', 'image', 'rm', REFERENCE], {});
    const pushed = pushImage(host, REGISTRY, change, { signal, onProgress: () => undefined });
    await expect(pushed).rejects.toMatchObject({ code: 'unreachable' });
    host.verify();
  });

  it('only new states count', () => {
    const progress = new PushProgress();
    expect(progress.take('5f70bf18a086: Waiting')).toBe(true);
    expect(progress.take('5f70bf18a086: Pushing')).toBe(false);
    expect(progress.take('5f70bf18a086: Mounted from crossflock/second')).toBe(true);
    expect(progress.take('latest: digest: sha256:abc size: 1')).toBe(false);
    expect(String(progress)).toBe('1 of 1 layers');
  });
});

describe('building', () => {
  it('reads what the script says of an image', () => {
    expect(parseBuildLine('image crossflock/base: is current (0.1 s)')).toEqual({
      image: 'crossflock/base',
      said: 'is current',
      seconds: 0.1,
    });
    expect(parseBuildLine('node 24: 24.1.0 is in .crossflock/node (0.0 s)')).toBeUndefined();
    expect(parseBuildLine('image debian:trixie-slim: is here (0.0 s)')).toBeUndefined();
  });

  it('runs the script, and reads lines however they come', async () => {
    const host = new FakeHost().once(['bash', '/p/scripts/images', '--check'], {
      stdout: ['node: 24 (0.0 s)\nimage crossflock/ba', 'se: would be built (0.1 s)\n'],
    });
    const [lines, others]: [BuildLine[], string[]] = [[], []];
    await runBuildScript(host, '/p/scripts/images', {
      check: true,
      signal,
      onLine: (line) => lines.push(line),
      onOther: (line) => others.push(line),
    });
    expect(lines.map(({ image, said }) => `${image} ${said}`)).toEqual([
      'crossflock/base would be built',
    ]);
    expect(others).toEqual(['node: 24 (0.0 s)']);
  });

  it('a failure is told with the end of the log and what to try', async () => {
    const stderr = `image crossflock/base: failed with exit status 1 after 3.1 s
  the end of .crossflock/logs/image-crossflock-base.log:
  | Step 2/9 : RUN apt-get update
  | E: Unable to fetch some archives
  try: see whether containers reach the package mirrors: docker run --rm debian:trixie-slim apt-get update
`;
    const host = new FakeHost().on(() => true, { exitCode: 1, stderr });
    const nothing = () => undefined;
    const options = { check: false, signal, onLine: nothing, onOther: nothing };
    await expect(runBuildScript(host, '/p/scripts/images', options)).rejects.toMatchObject({
      code: 'command-failed',
      message:
        'image crossflock/base: failed with exit status 1 after 3.1 s: E: Unable to fetch some archives',
      hint: expect.stringContaining('see whether containers reach') as string,
    });
  });
});
