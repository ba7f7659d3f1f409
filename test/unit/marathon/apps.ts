import type { MarathonApp } from '../../../src/ports/marathon-app.js';

/** An app as the plan makes it; `change` replaces properties. */
export function wantedApp(id: string, change: Partial<MarathonApp> = {}): MarathonApp {
  return {
    id,
    args: ['-m', '172.16.0.1', '-p', 'hunter2secret'],
    cpus: 2,
    mem: 2048,
    disk: 1000,
    instances: 1,
    container: {
      type: 'DOCKER',
      docker: {
        image: 'crossflock/executor',
        privileged: false,
        parameters: [{ key: 'ip', value: '172.16.0.2' }],
      },
      volumes: [],
      portMappings: [{ containerPort: 22, hostPort: 0, protocol: 'tcp' }],
    },
    networks: [{ mode: 'container', name: 'crossflock' }],
    env: { SCIDAS_RESC_CPUS: '2', TOKEN: 'hunter2secret' },
    labels: { 'crossflock.deployment': 'crossflock' },
    upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    ...change,
  };
}

/** The same app with other properties of its container. */
export function withContainer(
  app: MarathonApp,
  change: Partial<MarathonApp['container']>,
): MarathonApp {
  return { ...app, container: { ...app.container, ...change } };
}

export const TINY_RETRY = { retries: 3, minTimeout: 1, maxTimeout: 2, factor: 1 };
