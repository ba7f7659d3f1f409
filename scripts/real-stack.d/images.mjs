// Reads the file of scripts/real-stack that names images.
//   images.mjs list FILE        a line for each image: key, name, what it is for; tabs between.
//                               The name is empty where the file has none.
//   images.mjs json FILE KEY…   what the end-to-end test is told, of these keys.
// All that is wrong with the file is told at once, with exit status 2.
import { readFileSync } from 'node:fs';

/** What each image is for; the test cannot do without the first four. */
const NEEDED = {
  zookeeper:
    'ZooKeeper, by which masters and Marathons agree who leads; with the program zkServer.sh; such as zookeeper:3.8',
  master: 'the Mesos master; with the program mesos-master; such as mesosphere/mesos-master:1.7.1',
  agent:
    'the Mesos agent, a service of the host in the file system of this image; with the program mesos-agent; such as mesosphere/mesos-slave:1.7.1',
  marathon:
    'Marathon; with the program /marathon/bin/marathon; such as mesosphere/marathon:v1.11.24',
};
/** Weave Net, all three or none: without them the network between hosts is wireguard. */
const WEAVE = {
  weave: "Weave Net's router; such as rajchaudhuri/weave:2.9.0",
  weaveexec: "Weave Net's commands, and its script for hosts; such as rajchaudhuri/weaveexec:2.9.0",
  weavedb: "Weave Net's volume; such as rajchaudhuri/weavedb:latest",
};
const KNOWN = { ...NEEDED, ...WEAVE };
const REFERENCE = /^(?<path>[a-z0-9][a-z0-9._:/-]*?):(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]*)$/;

const problems = [];
const [mode = '', file = '', ...keys] = process.argv.slice(2);
const images = readImages(file);
checkWeave(images);
if (problems.length > 0) {
  process.stderr.write(problems.map((problem) => `${file}: ${problem}\n`).join(''));
  process.exit(2);
}
process.stdout.write(mode === 'json' ? `${JSON.stringify(forTest(images, keys))}\n` : list(images));

function list(given) {
  return Object.entries(KNOWN)
    .filter(([key]) => key in NEEDED || key in given)
    .map(([key, purpose]) => `${key}\t${given[key] ?? ''}\t${purpose}\n`)
    .join('');
}

/** Weave's prefix and version are what a configuration has of its images. */
function forTest(given, wanted) {
  const told = Object.fromEntries(
    Object.keys(NEEDED)
      .filter((key) => wanted.includes(key))
      .map((key) => [key, given[key]]),
  );
  if (!wanted.includes('weave')) return told;
  const { path, tag } = REFERENCE.exec(given.weave).groups;
  return { ...told, weave: { image_prefix: path.replace(/\/weave$/, ''), version: tag } };
}

function readImages(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code})`);
    return {};
  }
  const entries = text.trimStart().startsWith('{') ? entriesOfJson(text) : entriesOfLines(text);
  const found = {};
  for (const [where, key, name] of entries) {
    if (!(key in KNOWN)) {
      problems.push(
        `${where}: "${key}" is no image; write one of ${Object.keys(KNOWN).join(', ')}`,
      );
    } else if (key in found) {
      problems.push(`${where}: ${key} is named twice; keep one of them`);
    } else if (typeof name !== 'string' || !REFERENCE.test(name)) {
      problems.push(
        `${where}: ${JSON.stringify(name)} is no image with a tag; write one such as zookeeper:3.8`,
      );
      found[key] = undefined;
    } else {
      found[key] = name;
    }
  }
  return found;
}

function entriesOfJson(text) {
  try {
    return Object.entries(JSON.parse(text)).map(([key, name]) => [key, key, name]);
  } catch (error) {
    problems.push(`is no JSON: ${error.message}`);
    return [];
  }
}

/** `KEY=name:tag` in each line; empty lines and those with # at the beginning count nothing. */
function entriesOfLines(text) {
  const entries = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    const where = `line ${index + 1}`;
    const found = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(words);
    if (found === null) {
      problems.push(`${where}: "${words}" is not KEY=name:tag`);
      continue;
    }
    entries.push([where, found[1].toLowerCase(), found[2].replace(/^(["'])(.*)\1$/, '$2')]);
  }
  return entries;
}

/** Weave's own script makes the names of all three from one prefix and one version. */
function checkWeave(given) {
  const keys = Object.keys(WEAVE).filter((key) => key in given);
  if (keys.length === 0 || keys.some((key) => given[key] === undefined)) return;
  const absent = Object.keys(WEAVE).filter((key) => !(key in given));
  if (absent.length > 0) {
    problems.push(`${keys.join(' and ')} without ${absent.join(' and ')}; name all three, or none`);
    return;
  }
  const router = REFERENCE.exec(given.weave).groups;
  if (!router.path.endsWith('/weave')) {
    problems.push(`weave: "${given.weave}" is not PREFIX/weave:VERSION; docker tag it so`);
    return;
  }
  const prefix = router.path.slice(0, -'/weave'.length);
  const wanted = {
    weave: `${prefix}/weave:${router.tag}`,
    weaveexec: `${prefix}/weaveexec:${router.tag}`,
    weavedb: `${prefix}/weavedb:latest`,
  };
  for (const [key, name] of Object.entries(wanted)) {
    if (given[key] === name) continue;
    problems.push(
      `${key}: Weave's script would look for ${name}; docker tag ${given[key]} ${name}`,
    );
  }
}
