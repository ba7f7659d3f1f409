// Builds the stand-ins' images, or only their bundles.
//
//   node test/standins/mesos/build.mjs [--out FOLDER] [--bundles] [--force]
//
// The images are crossflock-standin/{zookeeper,mesos-master,mesos-slave,marathon}:1, on the Node of
// the image crossflock/marathon, which must be there. FOLDER is .crossflock/stand-ins. Images of
// the same sources are left alone. Needs docker's classic builder only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../../..');
const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    bundles: { type: 'boolean' },
    force: { type: 'boolean' },
  },
});
const out = values.out ?? join(root, '.crossflock/stand-ins');
const LABEL = 'crossflock.stand-in';
const BUNDLES = {
  zookeeper: 'zookeeper/main.ts',
  'mesos-master': 'master/main.ts',
  'mesos-agent': 'agent/main.ts',
  marathon: 'marathon/main.ts',
};
const IMAGES = ['zookeeper', 'mesos-master', 'mesos-slave', 'marathon'];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const [name, entry] of Object.entries(BUNDLES)) {
  await build({
    entryPoints: [join(here, entry)],
    outfile: join(out, `${name}.cjs`),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'warning',
  });
}
if (values.bundles !== true) {
  await cp(join(here, 'image'), out, { recursive: true });
  await cp(join(here, 'SPEC.md'), join(out, 'SPEC.md'));
  const base = docker(['image', 'inspect', '--format', '{{.Id}}', 'crossflock/marathon']);
  const hash = await hashOf(base);
  for (const name of IMAGES) makeImage(name, hash);
}

function makeImage(name, hash) {
  const tag = `crossflock-standin/${name}:1`;
  const format = `{{index .Config.Labels "${LABEL}"}}`;
  const known = spawnSync('docker', ['image', 'inspect', '--format', format, tag]);
  if (values.force !== true && known.stdout?.toString().trim() === hash) return;
  docker(['build', '--quiet', '--target', name, '--tag', tag, '--label', `${LABEL}=${hash}`, out]);
  process.stdout.write(`${tag}\n`);
}

async function hashOf(base) {
  const hash = createHash('sha256').update(base);
  for (const file of (await readdir(out)).sort()) {
    hash.update(file).update(await readFile(join(out, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function docker(args) {
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  const { status, stdout, stderr } = spawnSync('docker', args, { env });
  if (status === 0) return stdout.toString().trim();
  process.stderr.write(`docker ${args.join(' ')}: ${stderr?.toString() ?? ''}\n`);
  process.exit(1);
}
