import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportEvent } from '../../src/ports/reporter.js';
import { eventsOf, output, ROOT, run, start, STATE_HOME, summaryOf } from './harness.js';
import { expectCompleteResult, jobsDone, jobsRunOn, LabKit } from './lab-kit.js';

const LAB = 'cft-e2e-lab';
const CONFIG = join(ROOT, `.crossflock/lab-${LAB}.json`);
/** Seconds that a host has to take jobs, once it is there. */
const FIRST_JOB_SECONDS = 30;

/**
 * Looks at every packet of this machine until its input ends, then tells how many went from one
 * lab host to another over WireGuard's port, how many otherwise, and how many held a text.
 */
const WATCH = `
import select, socket, sys, json
hosts = {socket.inet_aton(address) for address in sys.argv[1].split(",")}
texts = [text.encode() for text in sys.argv[2].split(",")]
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
packets.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 26)
print("listening", flush=True)
seen = {"encrypted": 0, "other": {}, "plain": 0}
while True:
    ready, _, _ = select.select([packets, sys.stdin], [], [])
    if sys.stdin in ready:
        break
    packet = packets.recv(65536)
    if packet[12:14] != b"\\x08\\x00" or packet[26:30] not in hosts or packet[30:34] not in hosts:
        continue
    seen["plain"] += any(text in packet for text in texts)
    port = int.from_bytes(packet[36:38], "big")
    if packet[23] == 17 and port == 51820:
        seen["encrypted"] += 1
    else:
        kind = f"protocol {packet[23]} port {port}"
        seen["other"][kind] = seen["other"].get(kind, 0) + 1
print(json.dumps(seen), flush=True)
`;

interface Seen {
  readonly encrypted: number;
  readonly other: Readonly<Record<string, number>>;
  readonly plain: number;
}

/** Watches what the lab's hosts send each other; the answer comes when it is asked for. */
async function watchTraffic(addresses: readonly string[], texts: readonly string[]) {
  const argv = ['run', '--rm', '-i', '--network', 'host', '--cap-add', 'NET_RAW'];
  const image = ['--entrypoint', 'python3', 'crossflock/base', '-c', WATCH];
  const child = spawn('docker', [...argv, ...image, addresses.join(','), texts.join(',')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect(await lines.next()).toMatchObject({ value: 'listening' });
  return async (): Promise<Seen> => {
    child.stdin.end();
    const { value } = (await lines.next()) as { value: string };
    return JSON.parse(value) as Seen;
  };
}

const kit = new LabKit(LAB);

function doneOn(cluster: string, event: ReportEvent): number {
  return event.type === 'workflow-progress' ? (event.snapshot.doneByCluster[cluster] ?? 0) : NaN;
}

describe('three clouds with a host each, over SSH', () => {
  let out = '';
  let demo = '';
  let traffic: Seen;
  let hosts: readonly { id: string; address: string }[] = [];

  beforeAll(async () => {
    process.env['XDG_STATE_HOME'] = STATE_HOME;
    process.env['CROSSFLOCK_DEMO_LAB'] = LAB;
    out = await mkdtemp(join(tmpdir(), 'crossflock-e2e-lab-'));
    // The machines first, so that somebody watches when the demo does the rest.
    await output([join(ROOT, 'scripts/lab'), 'up', '--name', LAB, '--bare', 'cloudlab-1']);
    const config = JSON.parse(await kit.run('config')) as {
      clusters: { hosts: { id: string; address: string }[] }[];
    };
    hosts = config.clusters.flatMap((cluster) => cluster.hosts);
    const addresses = hosts.map(({ address }) => address);
    const seen = await watchTraffic(addresses, ['AFFX-', 'condor_pool', 'similarity_000']);
    demo = await output([join(ROOT, 'scripts/demo'), '--lab']);
    traffic = await seen();
  });

  afterAll(async () => {
    await output([join(ROOT, 'scripts/demo'), '--lab', '--down']);
    await kit.expectNothingLeft();
  });

  it('ends with the network whose numbers are those of R, with jobs on every cloud', async () => {
    expect(demo).toContain('1,659 edges');
    const attached = await run('run-kinc', ['-c', CONFIG, '--attach', '--out', out]);
    const summary = expectCompleteResult(attached);
    expect(summary.clusters.map(({ cluster }) => cluster).sort()).toEqual([
      'azure',
      'chameleon',
      'cloudlab',
    ]);
    for (const { jobs } of summary.clusters) expect(jobs).toBeGreaterThan(0);
  });

  it('lets nothing but WireGuard pass between the clouds', () => {
    expect(traffic.encrypted).toBeGreaterThan(1000);
    expect(traffic).toMatchObject({ other: {}, plain: 0 });
  });

  it('finds nothing to do in a second provision, and says so', async () => {
    const again = await run('crossflock', ['provision', '-c', CONFIG]);
    expect(again.exitCode, again.stdout).toBe(0);
    expect(eventsOf(again, 'change')).toEqual([]);
    expect(summaryOf(again).message).toBe('nothing to do: 3 hosts as wanted');
  });

  it('reaches every host from every other one with full packets', async () => {
    const checked = await run('crossflock', ['peers', 'check', '-c', CONFIG]);
    expect(checked.exitCode, checked.stdout).toBe(0);
  });

  it('takes a fourth host and gives up one of the three while jobs run', async () => {
    await kit.run('up', '--clouds', 'chameleon,azure,cloudlab,jetstream');
    const all = JSON.parse(await kit.run('config')) as {
      clusters: { id: string; hosts: { address: string }[] }[];
    };
    const address = all.clusters.find(({ id }) => id === 'jetstream')?.hosts[0]?.address ?? '';
    const before = await Promise.all(hosts.map(({ id }) => kit.containersOn(id)));
    const running = start('run-kinc', [
      ...['-c', CONFIG, '--jobs', '96', '--min-job-seconds', '10', '--out', out],
    ]);
    await running.event(jobsRunOn('azure'));

    const added = await run('crossflock', [
      ...['peers', 'add', address, '--cluster', 'jetstream', '--id', 'jetstream-1', '-c', CONFIG],
    ]);
    expect(added.exitCode, added.stdout).toBe(0);
    const asked = Date.now();
    const watching = start('run-kinc', ['-c', CONFIG, '--attach', '--out', out]);
    await watching.event(jobsRunOn('jetstream'));
    expect((Date.now() - asked) / 1000).toBeLessThan(FIRST_JOB_SECONDS);
    expect(await Promise.all(hosts.map(({ id }) => kit.containersOn(id)))).toEqual(before);

    const removed = await run('crossflock', ['peers', 'remove', 'azure-1', '-c', CONFIG]);
    expect(removed.exitCode, removed.stdout).toBe(0);
    const summary = expectCompleteResult(await watching.ended);
    expect((await running.ended).exitCode).toBe(0);
    expect(summary.clusters.find(({ cluster }) => cluster === 'jetstream')?.jobs).toBeGreaterThan(
      0,
    );
    expect(await kit.containersOn('azure-1')).toEqual(['']);
  });

  it('has every job once in the result though two clouds are cut apart in between', async () => {
    const running = start('run-kinc', [
      ...['-c', CONFIG, '--jobs', '24', '--min-job-seconds', '8', '--out', out],
    ]);
    await running.event(jobsRunOn('cloudlab'));
    await kit.run('cut', 'chameleon', 'cloudlab');
    const checked = await run('crossflock', ['peers', 'check', '-c', CONFIG]);
    expect(checked.exitCode).toBe(1);
    // The others are in their second round, and nothing has come from there.
    const later = await running.event(jobsDone(12));
    expect(doneOn('cloudlab', later)).toBe(0);
    await kit.run('heal');
    const { clusters, jobs } = expectCompleteResult(await running.ended);
    expect(clusters.reduce((sum, cluster) => sum + cluster.jobs, 0)).toBe(jobs.total);
    expect(clusters.map(({ cluster }) => cluster)).toContain('cloudlab');
  });
});
