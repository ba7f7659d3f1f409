import { describe, expect, it } from 'vitest';
import { hostsConfiguration, type HostOptions } from '../../../src/config/from-hosts.js';
import { problemLine } from '../../../src/errors/problem.js';
import { loadText } from './support.js';

const problemsOf = (options: HostOptions) => hostsConfiguration(options).problems.map(problemLine);

describe('the configuration of hosts on the command line', () => {
  it('is one cluster a host, all of Mesos on each, joined by a virtual network', () => {
    const options = { master: '192.0.2.1', peers: '192.0.2.2, cloudlab' };
    expect(hostsConfiguration(options)).toEqual({
      problems: [],
      document: {
        clusters: [
          { id: 'cloud1', engine: 'mesos', hosts: [{ address: '192.0.2.1', role: 'both' }] },
          { id: 'cloud2', engine: 'mesos', hosts: [{ address: '192.0.2.2', role: 'both' }] },
          { id: 'cloud3', engine: 'mesos', hosts: [{ address: 'cloudlab', role: 'both' }] },
        ],
        containers: [],
        network: { cidr: '172.16.0.0/24', driver: 'wireguard' },
      },
    });
  });

  it.each<[HostOptions, object]>([
    [{ cores: '8' }, { type: 'mesos', install: 'source', cores: 8 }],
    [{ install: 'source' }, { type: 'mesos', install: 'source' }],
  ])('compiles with %j', (options, engine) => {
    const { document } = hostsConfiguration({ master: '192.0.2.1', ...options });
    expect(document).toMatchObject({ clusters: [{ engine }] });
  });

  it('logs in as the given user, and takes the given network', () => {
    const { document } = hostsConfiguration({ master: 'a', user: 'ubuntu', network: 'weave' });
    expect(document).toMatchObject({ ssh: { user: 'ubuntu' }, network: { driver: 'weave' } });
  });

  it('passes every check of a configuration, but for the containers that it lacks', async () => {
    const options = { master: '192.0.2.1', peers: '192.0.2.2', cores: '2', user: 'cc' };
    const { document } = hostsConfiguration(options);
    const { config, problems } = await loadText(JSON.stringify(document));
    expect(config).toBeDefined();
    expect(problems.map(problemLine)).toEqual([
      'containers: [] is empty, so create-containers has nothing to start; write a submitter and executors for it',
    ]);
  });
});

describe('mistakes', () => {
  it('are named all at once', () => {
    const options = {
      master: 'ubuntu@192.0.2.1',
      peers: '192.0.2.300,192.0.2.2,,192.0.2.2',
      cores: '0',
      install: 'sources',
      user: 'me@home',
      network: 'bridge',
    };
    expect(problemsOf(options)).toEqual([
      '--master: "ubuntu@192.0.2.1" is more than an address; write 192.0.2.1, and the user with --user ubuntu',
      '--peers: "192.0.2.300" is no address of a host; write a name, an alias of the SSH configuration, or an address such as 192.0.2.10',
      '--peers: "" is empty; write the address of a host, such as 192.0.2.10, or no comma',
      '--peers: "192.0.2.2" is written twice; write each host once',
      '--install: "sources" is neither images nor source; write source',
      '--network: "bridge" is neither wireguard nor weave; write wireguard or weave',
      '--cores: "0" is no number of cores; write a whole number from 1',
      '--user: "me@home" is no user name; write the user to log in as, such as ubuntu',
    ]);
  });

  it.each<[HostOptions, string]>([
    [
      { peers: '192.0.2.2' },
      '--master: is missing; write the address of the first host, or give a configuration with -c',
    ],
    [
      { master: '192.0.2.1', peers: '192.0.2.1' },
      '--peers: "192.0.2.1" is the master too; write each host once',
    ],
    [
      { master: 'http://192.0.2.1' },
      '--master: "http://192.0.2.1" is no address of a host; write a name, an alias of the SSH configuration, or an address such as 192.0.2.10',
    ],
    [
      { master: 'a', install: 'images', cores: '4' },
      '--cores: "4" is for compiling; write --install source, or remove it',
    ],
  ])('%j', (options, line) => {
    expect(problemsOf(options)).toEqual([line]);
    expect(hostsConfiguration(options).document).toBeUndefined();
  });
});
