import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verdictOf } from '../../../src/config/verdict.js';
import {
  lines,
  loadFile,
  loadText,
  localConfig,
  nodeError,
  pathOf,
  problemsAfter,
} from './support.js';

describe('the configurations that come with the project', () => {
  test('local.json is ready to deploy', async () => {
    const { config, problems, secrets } = await loadFile('configs/local.json');
    expect(lines(problems)).toEqual([]);
    expect(verdictOf(problems)).toBe('ready');
    expect(secrets).toEqual([]);
    expect(config?.workflow?.gem).toBe(pathOf('data/golub-gem.txt.gz'));
  });

  test("the tutorial's example is fine, once its placeholders are filled in", async () => {
    const { config, problems } = await loadFile('configs/kinc-tutorial.json');
    expect(verdictOf(problems)).toBe('incomplete');
    expect(config?.containers).toHaveLength(3);
    expect(problems.filter(({ severity }) => severity === 'incomplete')).toHaveLength(16);
    expect(lines(problems.filter(({ severity }) => severity !== 'incomplete'))).toEqual([
      'warning clusters[0].marathon_uri: "http://130.202.88.202:9090/v2/apps" seems to be on another machine, and the bridge network reaches containers of this machine only; write the machines of the cluster as "hosts", for a network that spans them, or use a Marathon of this machine',
      'warning clusters[1].marathon_uri: "http://13.90.204.206:9090/v2/apps" seems to be on another machine, and the bridge network reaches containers of this machine only; write the machines of the cluster as "hosts", for a network that spans them, or use a Marathon of this machine',
      'warning containers[1].mem: 4096 is 341 MB for each slot of 12, and a KINC job needs 1024 MB; write 12288 or more, or "n_cpus": 4',
    ]);
  });
});

describe('all problems at once', () => {
  test("the schema's and those between places", async () => {
    const { config, problems } = await loadFile('test/fixtures/config/many-problems.json');
    expect(config).toBeUndefined();
    expect(lines(problems)).toEqual([
      'error containers[0].memory: "memory" is not a property here; did you mean "mem"?',
      'error containers[1].n_cpus: "4" is not a number of CPUs; write 4',
      'error clusters[0].marathon_uri: "130.202.88.202:9090" is not the address of a Marathon; write "http://130.202.88.202:9090"',
      'warning clusters[1].marathon_uri: "http://13.90.204.206:9090/v2/apps" is not used, because the embedded engine goes first; remove it, or remove "engine" to use this Marathon',
      'error containers[0].cluster: "chamelon" is not the id of a cluster; did you mean "chameleon"?',
      'error containers[1].id: "Runner1" is an id that Marathon refuses; write lower-case letters, digits, "-" and ".", such as "runner1"',
      'warning containers[2].mem: 4096 is 341 MB for each slot of 12, and a KINC job needs 1024 MB; write 12288 or more, or "n_cpus": 4',
      'error network.containers[2].id: "runner3" is not the id of a container; did you mean "runner2"?',
      'error network.containers[0].ip_addr: "172.16.0.254" is the host\'s own address in the network; write one from 172.16.0.1 to 172.16.0.253',
      'error network.containers[2].ip_addr: "172.16.0.2" is the address of network.containers[1] too; write another one',
      'error containers[0].args[1]: "172.16.0.9" is an address that no executor has; write some of 172.16.0.2,172.16.0.1, or leave -f out',
      'incomplete containers[0].args[3]: {"$env": "IRODS_PASSWORD"} names an environment variable that is not set; set it: export IRODS_PASSWORD=…',
      'incomplete containers[0].args[5]: "<ssh-pubkey>" is a placeholder that was left in; write what <ssh-pubkey> stands for',
    ]);
  });

  test.each([
    ['a list', '[]'],
    ['a string', '"x"'],
    ['null', 'null'],
    [
      'lists of nonsense',
      '{"clusters":[1,null],"containers":["x",[]],"network":{"containers":[7]}}',
    ],
    ['numbers all over', '{"clusters":1,"containers":2,"network":3,"workflow":4}'],
    [
      'deep nonsense',
      '{"clusters":[{"id":[],"engine":[]}],"containers":[{"id":{},"ports":[[]],"args":{"a":1},"labels":[],"volumes":"v","constraints":[1]}],"network":{"cidr":[],"containers":[{}]}}',
    ],
  ])('a document of any shape gets problems, not an exception: %s', async (_name, text) => {
    const { config, problems } = await loadText(text);
    expect(config).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(lines(problems)).size).toBe(problems.length);
  });
});

describe('an id that cannot be read', () => {
  test.each([
    ['clusters[1].id', 'a name, such as "id": "chameleon"'],
    ['containers[2].id', 'a name, such as "id": "submitter"'],
    ['network.containers[2].id', 'the id of a container, such as "id": "submitter"'],
  ])('%s makes no problem where it would be referred to', async (path, write) => {
    expect(await problemsAfter({ [path]: undefined })).toEqual([
      `error ${path}: is missing; write ${write}`,
    ]);
  });

  test('may be what tells the submitter', async () => {
    const changes = { 'containers[0].id': undefined, 'containers[0].image': 'debian' };
    const found = await problemsAfter(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('containers[0].id: is missing');
  });
});

describe('a file that cannot be read', () => {
  const path = '/etc/pool/config.json';
  test.each([
    [nodeError('ENOENT'), 'does not exist; give the path of a configuration file with -c'],
    [nodeError('EISDIR'), 'is a directory; give the path of a configuration file with -c'],
    [
      nodeError('EACCES'),
      'may not be read by this user; give the path of a configuration file with -c',
    ],
    [
      nodeError('EIO'),
      'cannot be read (EIO: made by a test); give the path of a configuration file with -c',
    ],
    ['', 'is empty; write a configuration into it'],
    [' \n', 'is empty; write a configuration into it'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 'is not text in UTF-8; save it as UTF-8'],
  ])('%s', async (content, expected) => {
    const { config, problems } = await loadText('', { files: { [path]: content } });
    expect(config).toBeUndefined();
    expect(lines(problems)).toEqual([`error ${path}: ${expected}`]);
  });

  test('a directory of the real file system', async () => {
    const { problems } = await loadFile('configs');
    expect(lines(problems)).toEqual([
      `error ${pathOf('configs')}: is a directory; give the path of a configuration file with -c`,
    ]);
  });

  test('a real file that is not JSON', async () => {
    const { problems } = await loadFile('test/fixtures/config/not-json.json');
    expect(problems.map(({ path: at }) => at)).toEqual(['line 6, column 109']);
    expect(problems[0]?.message).toContain('a comma after the last item');
  });

  test('a byte order mark is no problem', async () => {
    const { problems } = await loadText(`\uFEFF${JSON.stringify(localConfig())}`);
    expect(lines(problems)).toEqual([]);
  });
});

describe('secrets', () => {
  const around = {
    env: { MARATHON_PASSWORD: 'from-variable' },
    files: { '/etc/pool/keys/id.pub': 'ssh-ed25519 AAAA me\n' },
  };
  const text = async (): Promise<string> => {
    const { readFile } = await import('node:fs/promises');
    return readFile(pathOf('test/fixtures/config/secrets.json'), 'utf8');
  };

  test('are read from the environment and from files beside the configuration', async () => {
    const { config, problems } = await loadText(await text(), around);
    expect(verdictOf(problems)).toBe('ready');
    expect(config?.clusters[0]?.auth?.password).toBe('from-variable');
    expect(config?.containers[0]?.args).toEqual(['-p', 'written-out', '-k', 'ssh-ed25519 AAAA me']);
  });

  test('are handed on for redaction, with those that were written out', async () => {
    const { secrets } = await loadText(await text(), around);
    expect([...secrets].sort()).toEqual([
      'from-variable',
      'ssh-ed25519 AAAA me',
      'token-in-clear',
      'written-out',
    ]);
  });

  test('that are missing are all told, and a plan can still be looked at', async () => {
    const { config, problems } = await loadText(await text());
    expect(verdictOf(problems)).toBe('incomplete');
    expect(config).toBeDefined();
    expect(lines(problems).filter((line) => !line.startsWith('warning'))).toEqual([
      'incomplete clusters[0].auth.password: {"$env": "MARATHON_PASSWORD"} names an environment variable that is not set; set it: export MARATHON_PASSWORD=…',
      'incomplete containers[0].args[3]: {"$file": "keys/id.pub"} names a file that does not exist; put the secret into /etc/pool/keys/id.pub, or write another path',
    ]);
  });

  test('an empty variable', async () => {
    const changes = { 'containers[0].args': ['-p', { $env: 'EMPTY' }] };
    expect(await problemsAfter(changes, { env: { EMPTY: '' } })).toEqual([
      'incomplete containers[0].args[1]: {"$env": "EMPTY"} names an environment variable that is empty; set it: export EMPTY=…',
    ]);
  });

  test('an empty file, a directory', async () => {
    const files = { '/etc/pool/a': '\n', '/etc/pool/b': nodeError('EISDIR') };
    const args = [{ $file: 'a' }, { $file: 'b' }];
    const found = await problemsAfter({ 'containers[0].args': args }, { files });
    expect(found).toEqual([
      'incomplete containers[0].args[0]: {"$file": "a"} names a file that is empty; write the secret to /etc/pool/a',
      'incomplete containers[0].args[1]: {"$file": "b"} names a file that is a directory; put the secret into /etc/pool/b, or write another path',
    ]);
  });

  test('never appear in a problem, whatever is wrong around them', async () => {
    const secret = 'pa55-w0rd';
    const found = await problemsAfter(
      {
        'clusters[0].auth': { username: secret.length, password: [secret], token: secret },
        'clusters[1].auth': secret.length,
        'containers[0].args': ['-p', { $env: 'PW', more: secret }],
        'containers[1].env': { PASSWORD: { value: secret } },
        'containers[2].args': { '-p': secret },
      },
      { env: { PW: secret } },
    );
    expect(found.length).toBeGreaterThan(4);
    expect(found.join('\n')).not.toContain(secret);
  });
});

test('paths in the configuration are relative to its folder', async () => {
  const { config, file } = await loadText(JSON.stringify(localConfig()));
  expect(file).toBe('/etc/pool/config.json');
  expect(config?.workflow?.gem).toBe(resolve('/etc/data/golub-gem.txt.gz'));
});
