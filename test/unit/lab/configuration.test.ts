import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { labFiles } from '../../../src/lab/access.js';
import { DEFAULT_WORKLOAD, labConfiguration, labSize } from '../../../src/lab/configuration.js';
import type { Lab, LabHost } from '../../../src/lab/model.js';
import { sshArgv } from '../../../src/lab/ssh-command.js';

const FILES = labFiles('/state/labs/trial');

function host(cloud: string, number: number, address: string): LabHost {
  return { id: `${cloud}-${number}`, cloud, number, address, isBare: false, state: 'running' };
}
const LAB: Lab = {
  name: 'trial',
  subnet: '10.199.0.0/24',
  wantsRegistry: true,
  registry: { address: '10.199.0.2', state: 'running' },
  hosts: [host('a', 1, '10.199.0.17'), host('a', 2, '10.199.0.18'), host('b', 1, '10.199.0.33')],
};
const configuration = (lab: Lab) =>
  labConfiguration(lab, FILES, { gem: '/data/golub-gem.txt.gz', ...DEFAULT_WORKLOAD });

describe('labConfiguration', () => {
  it('has no problem in the eyes of the loader', async () => {
    const text = JSON.stringify(configuration(LAB));
    const readFile = () => Promise.resolve(new TextEncoder().encode(text));
    const { problems, config } = await loadConfig('/x/lab.json', { readFile, env: {} });
    expect(problems).toEqual([]);
    expect(config?.clusters.map(({ id }) => id)).toEqual(['a', 'a-2', 'b']);
  });

  it('has a cluster for each host, the submitter on the first and an executor on each', () => {
    expect(configuration(LAB)).toMatchObject({
      name: 'trial',
      ssh: { user: 'cc', identity_file: '/state/labs/trial/id_ed25519', config_file: 'none' },
      images: { registry: '10.199.0.2:5000' },
      clusters: [{ hosts: [{ id: 'a-1', address: '10.199.0.17' }] }, { id: 'a-2' }, { id: 'b' }],
      containers: [
        { id: 'submitter', cluster: 'a' },
        { id: 'runner1', cluster: 'a', n_cpus: 4, mem: 4096 },
        { id: 'runner2', cluster: 'a-2' },
        { id: 'runner3', cluster: 'b' },
      ],
      network: { driver: 'wireguard', containers: [{ ip_addr: '172.16.0.1' }, {}, {}, {}] },
    });
  });

  it('names no registry where the lab has none', () => {
    const { name, hosts } = LAB;
    expect(configuration({ name, hosts, wantsRegistry: false })).not.toHaveProperty('images');
  });

  it('offers room for larger executors', () => {
    const large = labConfiguration(LAB, FILES, { gem: '/g', executorCpus: 8, executorMem: 8192 });
    expect(large).toMatchObject({
      clusters: [{ engine: { resources: { cpus: 10, mem: 12288 } } }, {}, {}],
    });
  });
});

describe('labSize', () => {
  it('counts', () => {
    expect(labSize(LAB.hosts)).toBe('3 hosts in 2 clouds');
    expect(labSize(LAB.hosts.slice(0, 1))).toBe('1 host in 1 cloud');
  });
});

describe('sshArgv', () => {
  it('trusts the lab alone', () => {
    const login = { user: 'cc', address: '10.199.0.17', command: ['id', '-un'] };
    const argv = sshArgv(labFiles('/my labs/50%'), login);
    expect(argv.slice(0, 3)).toEqual(['ssh', '-F', 'none']);
    expect(argv).toContain('UserKnownHostsFile="/my labs/50%%/known_hosts"');
    expect(argv).toContain('StrictHostKeyChecking=yes');
    expect(argv.slice(-4)).toEqual(['--', '10.199.0.17', 'id', '-un']);
  });
});
