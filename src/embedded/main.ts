/**
 * The process edge of the embedded Marathon: reads the environment, listens, ends on SIGTERM.
 * Tasks outlive it: all state is in Docker labels, so it may be killed and replaced at any time.
 *
 * Contract (environment):
 *   CROSSFLOCK_SCOPE            value of the label `crossflock.cluster`; required
 *   CROSSFLOCK_PORT             port of the API; default 8080
 *   CROSSFLOCK_HOST             address that the API listens on; default 127.0.0.1
 *   CROSSFLOCK_CPUS, _MEM, _DISK  what the cluster offers (MB for the last two); default the host's
 *   CROSSFLOCK_PORTS            host ports to assign, `31000-32000` by default
 *   CROSSFLOCK_PUBLISH_ADDRESS  where published ports listen; default 127.0.0.1
 *   CROSSFLOCK_HOSTNAME         the `host` of tasks; default the machine's name
 *   CROSSFLOCK_CREDENTIALS      `user:password` demanded of clients; none by default
 *   CROSSFLOCK_CREDENTIALS_FILE file with the same, which wins
 *   DOCKER_SOCKET               default /var/run/docker.sock
 *   CROSSFLOCK_CREATE_SOCKET    what containers are created and started through, such as Weave Net's
 *                               /var/run/weave/weave.sock; default the same socket
 * Exit codes: 0 ended on SIGTERM or SIGINT, 1 could not start, 2 the environment is wrong.
 * The log goes to standard output, one JSON object a line.
 */
import Docker from 'dockerode';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../ports/clock.js';
import { createServer } from './api/server.js';
import { DockerEngine } from './runtime/docker-engine.js';
import { DockerOrchestrator } from './runtime/docker-orchestrator.js';
import { frameworkId } from './runtime/ids.js';
import { hostResources, readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { jsonLines } from './log.js';

/** The Marathon release whose API this server follows. */
const MARATHON_VERSION = '1.11.24';

const log = jsonLines(
  (line) => process.stdout.write(line),
  () => new Date(),
);

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

async function serve(settings: Settings): Promise<void> {
  const docker = new Docker({ socketPath: settings.socket });
  const { createSocket } = settings;
  const creator = createSocket === undefined ? docker : new Docker({ socketPath: createSocket });
  const engine = new DockerEngine(docker, creator);
  const orchestrator = new DockerOrchestrator({
    engine,
    clock,
    log,
    options: {
      scope: settings.scope,
      hostname: settings.hostname,
      publishAddress: settings.publishAddress,
      resources: await hostResources(settings, engine),
      killGraceSeconds: 3,
      maxVersions: 25,
    },
  });
  await orchestrator.start();
  const { host, port, credentials } = settings;
  const server = createServer(orchestrator, {
    version: MARATHON_VERSION,
    host,
    port,
    leader: `${host}:${port}`,
    clock,
    frameworkId: frameworkId(settings.scope),
    ...(credentials === undefined ? {} : { credentials }),
  });
  await server.listen({ host, port });
  log.info(
    { host, port, scope: settings.scope, startedMs: Math.round(performance.now()) },
    'ready',
  );
  const end = (signal: string): void => {
    log.info({ signal }, 'ending; the tasks go on');
    void server
      .close()
      .then(() => orchestrator.close())
      .then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

const settings = readSettings(process.env);
if (settings.problems.length > 0) {
  for (const problem of settings.problems) log.error({}, problem);
  process.exitCode = 2;
} else {
  serve(settings.value).catch((thrown: unknown) => {
    log.error({ reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'not started');
    process.exit(1);
  });
}
