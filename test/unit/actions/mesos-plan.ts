import { makePlan } from '../../../src/plan/make-plan.js';
import type { Plan } from '../../../src/plan/types.js';

const SIZE = { n_cpus: 1, mem: 2048 };
/** Such as a test finds it on its machines. */
export const RESOURCES = { cpus: 4, mem: 8192 };

/** `one` with a master and two agents, `two` with one host for everything. */
export function mesosConfiguration(): Parameters<typeof makePlan>[0] {
  const host = (id: string, last: number) => ({
    id,
    address: `192.0.2.${last}`,
    private_address: `10.0.0.${last}`,
    user: 'cc',
  });
  return {
    name: 'demo',
    clusters: [
      {
        id: 'one',
        engine: { type: 'mesos', resources: RESOURCES },
        hosts: [{ ...host('m1', 1), role: 'master' }, host('a1', 2), host('a2', 3)],
      },
      { id: 'two', engine: 'mesos', hosts: [host('b1', 4)] },
    ],
    containers: [
      { id: 'submitter', cluster: 'one', image: 'crossflock/submitter', ...SIZE },
      { id: 'runner1', cluster: 'one', image: 'crossflock/executor', ...SIZE },
      { id: 'runner2', cluster: 'two', image: 'crossflock/executor', ...SIZE },
    ],
    network: {
      cidr: '10.77.0.0/24',
      driver: 'wireguard',
      containers: ['submitter', 'runner1', 'runner2'].map((id, index) => ({
        id,
        ip_addr: `10.77.0.${index + 1}`,
      })),
    },
  };
}

export function mesosPlan(): Plan {
  return makePlan(mesosConfiguration(), { directory: '/state/crossflock/demo/secrets' });
}
