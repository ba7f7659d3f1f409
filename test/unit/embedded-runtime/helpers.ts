import type { AppDefinition, AppVersion } from '../../../src/embedded/orchestrator.js';

/** A canonical app with every default, as the API hands it over. */
export function app(id: string, fields: Partial<AppDefinition> = {}): AppDefinition {
  return {
    id,
    cmd: 'sleep 1000',
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    instances: 1,
    labels: {},
    container: {
      type: 'DOCKER',
      docker: { image: 'image', privileged: false, forcePullImage: false, parameters: [] },
      volumes: [],
      portMappings: [],
    },
    networks: [{ mode: 'container/bridge' }],
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    requirePorts: false,
    killSelection: 'YOUNGEST_FIRST',
    role: '*',
    ...fields,
  };
}

export function docker(
  fields: Partial<NonNullable<NonNullable<AppDefinition['container']>['docker']>>,
  more: Partial<NonNullable<AppDefinition['container']>> = {},
): { container: NonNullable<AppDefinition['container']> } {
  return {
    container: {
      type: 'DOCKER',
      docker: {
        image: 'image',
        privileged: false,
        forcePullImage: false,
        parameters: [],
        ...fields,
      },
      volumes: [],
      portMappings: [],
      ...more,
    },
  };
}

export function mapping(
  containerPort: number,
  hostPort?: number,
): NonNullable<NonNullable<AppDefinition['container']>['portMappings']>[number] {
  const port = { containerPort, servicePort: 0, protocol: 'tcp', labels: {} };
  return hostPort === undefined ? port : { ...port, hostPort };
}

export const T0 = '2026-01-02T03:04:05.678Z';

export function version(definition: AppDefinition, at = T0, config = at): AppVersion {
  return { definition, version: at, lastScalingAt: at, lastConfigChangeAt: config };
}
