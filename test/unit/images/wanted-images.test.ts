import { expect, it } from 'vitest';
import { wantedImages } from '../../../src/images/wanted-images.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { loadText, localConfig } from '../config/support.js';

const APPS = ['crossflock/submitter:latest', 'crossflock/executor:latest'];

/** The images of each host of the first cluster, with this engine. */
async function imagesOf(engine: unknown, roles: readonly string[]) {
  const document = localConfig({
    'clusters[0].engine': engine,
    'clusters[0].hosts': roles.map((role, index) => ({ address: `10.0.0.${index + 1}`, role })),
    'clusters[1].hosts': [{ address: '10.1.0.1' }],
    'network.driver': undefined,
  });
  const { config, problems } = await loadText(JSON.stringify(document));
  if (config === undefined) throw new Error(JSON.stringify(problems));
  const plan = makePlan(config, { directory: '/state', value: 'k'.repeat(64) });
  const cluster = plan.clusters[0]!;
  return cluster.hosts.map(({ id }) => wantedImages(plan, { cluster, hostId: id }, ['net:1']));
}

it('a host of an embedded engine has the apps and the Marathon', async () => {
  expect(await imagesOf('embedded', ['both'])).toEqual([
    ['net:1', 'crossflock/marathon:latest', ...APPS],
  ]);
});

it('with Mesos, a master has its parts and an agent the apps', async () => {
  const masters = [
    'zookeeper:3.8',
    'mesosphere/marathon:v1.11.24',
    'mesosphere/mesos-master:1.7.1',
  ];
  expect(await imagesOf('mesos', ['master', 'agent'])).toEqual([
    ['net:1', ...masters],
    ['net:1', 'mesosphere/mesos-slave:1.7.1', ...APPS],
  ]);
  expect(await imagesOf('mesos', ['both'])).toEqual([
    ['net:1', ...masters, 'mesosphere/mesos-slave:1.7.1', ...APPS],
  ]);
});

it('what is compiled needs no image', async () => {
  expect(await imagesOf({ type: 'mesos', install: 'source' }, ['both'])).toEqual([
    ['net:1', 'zookeeper:3.8', 'mesosphere/marathon:v1.11.24', ...APPS],
  ]);
});
