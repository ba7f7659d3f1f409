/**
 * What the original `create_containers.py` of docker-kinc sends: for each container a DELETE of the
 * app and, after a pause, a POST, both without a Content-Type, ids without a slash.
 */
import { describe, expect, it } from 'vitest';
import { CheckedServer } from './support/checked-server.js';
import { exampleText } from './support/schemas.js';

const CONTAINERS = ['submitter', 'runner1'] as const;
const body = (id: string): string => exampleText(`valid/docker-kinc-${id}-legacy.json`);

describe('the original script', () => {
  it('deletes what is not there (404), then creates both containers', async () => {
    const server = new CheckedServer();
    for (const id of CONTAINERS) {
      expect((await server.request('DELETE', `/v2/apps/${id}`)).status).toBe(404);
      expect((await server.request('POST', '/v2/apps', body(id))).status).toBe(201);
    }
    const [submitter, runner] = server.orchestrator.apps().map(({ definition }) => definition);
    expect(submitter).toMatchObject({
      id: '/submitter',
      networks: [{ mode: 'container/bridge' }],
      container: {
        docker: { image: 'scidas/kinc-submitter', privileged: true },
        portMappings: [{ containerPort: 22, hostPort: 0, protocol: 'tcp', servicePort: 10_000 }],
      },
    });
    // An empty list of mappings stays empty: no port is made up.
    expect(runner?.container?.portMappings).toEqual([]);
    expect(runner?.portDefinitions).toBeUndefined();
    expect(runner?.container?.docker).not.toHaveProperty('network');
  });

  it('replaces running containers: the app goes at once, the new one waits for the old deployment', async () => {
    const server = new CheckedServer();
    await server.request('POST', '/v2/apps', body('submitter'));
    // DELETE forces by default, so it does not mind the deployment that still runs.
    expect((await server.request('DELETE', '/v2/apps/submitter')).status).toBe(200);
    expect((await server.request('GET', '/v2/apps/submitter')).status).toBe(404);
    const early = await server.request('POST', '/v2/apps', body('submitter'));
    expect(early.status).toBe(409);
    expect(early.body).toHaveProperty('deployments');
    server.orchestrator.finish();
    expect((await server.request('POST', '/v2/apps', body('submitter'))).status).toBe(201);
  });

  it('is told apart from a form: a wrong Content-Type is 415', async () => {
    const server = new CheckedServer();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await server.request('POST', '/v2/apps', body('submitter'), form);
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({ message: 'Unsupported Media Type' });
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect((await server.request('POST', '/v2/apps', body('submitter'), json)).status).toBe(201);
  });
});
