import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalHost } from '../../../src/adapters/local-host.js';
import { SshConnector } from '../../../src/adapters/ssh/index.js';
import { systemClock } from '../../../src/adapters/system-clock.js';
import { availableImages } from '../../../src/images/available-images.js';
import { imagesProbe } from '../../../src/images/images-probe.js';
import { planImages, type ImageChange } from '../../../src/images/plan-images.js';
import { ImageSender, type SendOptions } from '../../../src/images/send/image-sender.js';
import { asRoot, type Host } from '../../../src/ports/host.js';
import { survey } from '../../../src/provision/survey.js';
import { docker, lines } from '../embedded/docker-cli.js';
import { labCli } from '../lab/lab-cli.js';

const LAB = 'cft-transport';
const MACHINE = `${LAB}-far-1`;
/** OpenSSH's own port, and one whose server lets no port through. */
const [FORWARDING, REFUSING] = [22, 2222];
const NAMES = [`crossflock/${LAB}-one`, `crossflock/${LAB}-two`];
const MB = 1_000_000;
/** Manifests and configurations, and what tar and gzip add. */
const PAPERS = 40_000;
const { signal } = new AbortController();

let state: string;
let connector: SshConnector;
let address: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), `${LAB}-`));
  const cli = labCli(state);
  await cli('lab', 'down', '--name', LAB);
  const up = cli('lab', 'up', '--name', LAB, '--clouds', 'far', '--no-registry');
  await Promise.all([build(), up]);
  expect((await up).exitCode).toBe(0);
  const network = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  address = await docker('inspect', '--format', network, MACHINE);
  const refusing = ['-p', String(REFUSING), '-o', 'AllowTcpForwarding=no', '-o', 'PidFile=none'];
  await on('/usr/sbin/sshd', ...refusing);
  connector = new SshConnector({
    env: { XDG_STATE_HOME: state },
    homedir: state,
    clock: systemClock,
    questions: { possible: false, confirm: () => Promise.resolve(false) },
    acceptNewHostKeys: true,
    onNotice: () => undefined,
  });
});
afterAll(async () => {
  await connector.close();
  await labCli(state)('lab', 'down', '--name', LAB);
  await docker('image', 'rm', '--force', ...NAMES);
  // Those that lost their names to newer ones.
  await docker('image', 'prune', '--force', '--filter', `label=crossflock.inputs=${LAB}`);
  await rm(state, { recursive: true, force: true });
});

/** Two images: 4 MB that they share, and 1 MB that each has alone; none of it can be packed. */
async function build(): Promise<void> {
  const recipe = `FROM scratch AS base
LABEL crossflock.inputs=${LAB}
COPY shared /
FROM base AS one
COPY one /
FROM base AS two
COPY two /
`;
  await writeFile(join(state, 'Dockerfile'), recipe);
  await writeFile(join(state, 'shared'), randomBytes(4 * MB));
  await Promise.all([rebuild('one'), rebuild('two')]);
}

/** Makes an image anew, with other content in its own layer. */
async function rebuild(which: 'one' | 'two'): Promise<void> {
  await writeFile(join(state, which), randomBytes(MB));
  const name = `crossflock/${LAB}-${which}`;
  await docker('build', '--quiet', '--target', which, '--tag', name, state);
}

/** What a command on the machine prints. */
function on(...argv: readonly string[]): Promise<string> {
  return docker('exec', MACHINE, ...argv);
}

/** Everything that transport could leave on the machine. */
async function traces() {
  const tags = await on('docker', 'image', 'ls', '--all', '--format', '{{.Repository}}:{{.Tag}}');
  const ports = await on('sh', '-c', "ss -Hltn 'src 127.0.0.1' | grep -v 127.0.0.11: || true");
  return { tags: lines(tags).sort(), ports };
}
const CLEAN = { tags: NAMES.map((name) => `${name}:latest`), ports: '' };

function machine(port: number): Host {
  return asRoot(
    connector.open({
      name: `far-1 by ${port}`,
      address,
      port,
      user: 'cc',
      identityFile: join(state, 'crossflock/labs', LAB, 'id_ed25519'),
      sudo: 'passwordless',
      configFile: 'none',
      connectTimeoutMs: 10_000,
    }),
  );
}

async function plan(host: Host): Promise<readonly ImageChange[]> {
  const here = new LocalHost();
  const available = await availableImages(here, { names: NAMES, registry: undefined, signal });
  const { seen } = await survey(host, { seen: imagesProbe(NAMES) }, signal);
  return planImages({ host: 'far-1', names: NAMES, available, seen });
}

/** Sends what the machine lacks. */
async function send(port: number, options: Partial<SendOptions> = {}) {
  const host = machine(port);
  const changes = await plan(host);
  const folder = join(state, 'layers');
  const sender = new ImageSender(new LocalHost(), folder);
  try {
    return await sender.sendTo(host, changes, { signal, ...options });
  } finally {
    await sender.close();
    expect(await readdir(state)).not.toContain('layers');
  }
}

const idsHere = () => docker('image', 'inspect', '--format', '{{.Id}}', ...NAMES);
const idsThere = () => on('docker', 'image', 'inspect', '--format', '{{.Id}}', ...NAMES);

describe.each([
  ['through a forwarded port', FORWARDING, 'served'],
  ['through docker load, where no port is let through', REFUSING, 'loaded'],
] as const)('images get to a machine %s', (_title, port, way) => {
  beforeAll(async () => {
    await on('docker', 'image', 'prune', '--all', '--force');
  });

  it('also when an earlier try was interrupted', async () => {
    const stop = new AbortController();
    const interrupted = send(port, {
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'aborted' });
    expect((await traces()).ports).toBe('');
  });

  it('each layer once, and leave nothing else there', async () => {
    const delivery = await send(port);
    expect(delivery.way).toBe(way);
    expect(delivery.bytes).toBeGreaterThan(6 * MB);
    expect(delivery.bytes).toBeLessThan(6 * MB + PAPERS);
    expect(await idsThere()).toBe(await idsHere());
    expect(await traces()).toEqual(CLEAN);
  });

  it('not a second time', async () => {
    expect(await plan(machine(port))).toEqual([]);
  });

  it('after a rebuild, with nothing but what changed, and the old one goes', async () => {
    await rebuild('two');
    const { bytes } = await send(port);
    expect(bytes).toBeGreaterThan(MB);
    expect(bytes).toBeLessThan(MB + PAPERS);
    expect(await idsThere()).toBe(await idsHere());
    expect(await traces()).toEqual(CLEAN);
  });
});
