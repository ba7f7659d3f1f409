import { execa } from 'execa';

const DEADLINE_MS = 60_000;

/** Arguments of `docker run` that make Docker itself ask the container how it is. */
export const HEALTH_CHECK = ['--health-cmd', 'crossflock-health', '--health-interval', '1s'];

/**
 * Waits for Docker's event that the container is healthy: that it answers as a member of its pool.
 * Throws with the container's last words when it ends before, or is not healthy after a minute.
 * @param id of a container made with `HEALTH_CHECK`
 */
export async function untilHealthy(id: string): Promise<void> {
  const filters = ['event=health_status', 'event=die', `container=${id}`];
  const since = Math.floor(Date.now() / 1000);
  const events = execa(
    'docker',
    [
      ...['events', '--since', String(since), '--format', '{{.Action}}'],
      ...filters.flatMap((filter) => ['--filter', filter]),
    ],
    { reject: false, timeout: DEADLINE_MS },
  );
  // From here on nothing is missed; what was before shows in the container's state.
  let state = await stateOf(id);
  if (state === 'running starting') {
    for await (const action of events) {
      state = action === 'health_status: healthy' ? 'running healthy' : action;
      // The loop would go on waiting for the end of the program, also after a break.
      if (state === 'running healthy' || action === 'die') events.kill();
    }
  }
  events.kill();
  await events;
  if (state === 'running healthy') return;
  const { all } = await execa('docker', ['logs', '--tail', '20', id], { all: true, reject: false });
  throw new Error(`container ${id} did not become healthy: ${state}\n${all}`);
}

async function stateOf(id: string): Promise<string> {
  const format = '{{.State.Status}} {{.State.Health.Status}}';
  return (await execa('docker', ['container', 'inspect', '--format', format, id])).stdout;
}
