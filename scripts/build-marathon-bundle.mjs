// Makes the build context of the image crossflock/marathon: the embedded Marathon as one file, a
// Node binary to run it, and the Dockerfile. The same sources give the same bytes.
//
//   node scripts/build-marathon-bundle.mjs [--node BINARY] [--out FOLDER]
//
// BINARY is .crossflock/node/node_modules/node/bin/node where that exists, else the Node that runs
// this; FOLDER is .crossflock/images/marathon.
import { copyFile, link, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: { node: { type: 'string' }, out: { type: 'string' } },
});
const out = values.out ?? join(root, '.crossflock/images/marathon');
const brought = join(root, '.crossflock/node/node_modules/node/bin/node');
const node = values.node ?? ((await exists(brought)) ? brought : process.execPath);

// Parts of dockerode for reaching Docker by SSH and for BuildKit sessions. Neither is used here,
// and loading them takes longer than all the rest.
const UNUSED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)$/;
const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

await mkdir(out, { recursive: true });
await build({
  entryPoints: [join(root, 'src/embedded/main.ts')],
  outfile: join(out, 'server.cjs'),
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'inline',
  plugins: [leaveOut],
  logLevel: 'warning',
});
await copyFile(join(root, 'images/marathon/Dockerfile'), join(out, 'Dockerfile'));
await place(node, join(out, 'node'));

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A hard link where possible: the binary has 120 MB. */
async function place(from, to) {
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
}
