import type { MarathonApp } from '../ports/marathon-app.js';

/** The app on a Docker network, always with the same address there. Pure. */
export function onDockerNetwork(app: MarathonApp, network: string, ip: string): MarathonApp {
  const { docker } = app.container;
  const others = docker.parameters.filter(({ key }) => key !== 'ip');
  const parameters = [...others, { key: 'ip', value: ip }];
  return {
    ...app,
    container: { ...app.container, docker: { ...docker, parameters } },
    networks: [{ mode: 'container', name: network }],
    // The old task must be gone before the new one starts: an address is one container's.
    upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  };
}
