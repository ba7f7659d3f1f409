import { beforeEach, describe, expect, it } from 'vitest';
import type { ContainerSpec, EngineEvent } from '../../../src/embedded/runtime/engine.js';
import { parseParameters } from '../../../src/embedded/runtime/docker-parameters.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeDocker } from '../../fakes/fake-docker.js';

let engine: FakeDocker;

function spec(name: string, fields: Partial<ContainerSpec> = {}): ContainerSpec {
  const { extra } = parseParameters([]);
  return {
    name,
    image: 'image',
    env: {},
    labels: { scope: 'x' },
    tty: false,
    privileged: false,
    network: 'bridge',
    publish: [],
    exposed: [],
    binds: [],
    memory: 0,
    memorySwap: 0,
    cpuShares: 0,
    cpuQuota: 0,
    cpuPeriod: 0,
    extra,
    ...fields,
  };
}

beforeEach(() => {
  const clock = new FakeClock();
  engine = new FakeDocker(() => clock.now());
  engine.images.add('image');
});

describe('the engine in memory is as strict as Docker', () => {
  it('refuses a container of an image that is not there', async () => {
    await expect(engine.create(spec('aa', { image: 'none' }))).rejects.toMatchObject({
      kind: 'missing',
    });
  });

  it('refuses a name that is in use, when creating and when renaming', async () => {
    const first = await engine.create(spec('aa'));
    await expect(engine.create(spec('aa'))).rejects.toMatchObject({ kind: 'conflict' });
    await engine.create(spec('bb'));
    await expect(engine.rename(first, 'bb')).rejects.toMatchObject({ kind: 'conflict' });
    await expect(engine.rename(first, 'b/b')).rejects.toMatchObject({ kind: 'refused' });
  });

  it('gives a host port and a pinned address to one running container', async () => {
    const publish = [{ container: '80/tcp', hostAddress: '', hostPort: 31000 }];
    const { extra } = parseParameters([{ key: 'ip', value: '10.0.0.2' }]);
    const one = await engine.create(spec('aa', { publish, extra }));
    await engine.start(one);
    const port = await engine.create(spec('bb', { publish }));
    await expect(engine.start(port)).rejects.toThrow('port is already allocated');
    const address = await engine.create(spec('cc', { extra }));
    await expect(engine.start(address)).rejects.toThrow('Address already in use');
    engine.exit(one, 0);
    await engine.start(address);
    expect((await engine.inspect(address))?.ipAddresses).toEqual(['10.0.0.2']);
  });

  it('refuses a network that is not there, at the start', async () => {
    const id = await engine.create(spec('aa', { network: 'none-such' }));
    await expect(engine.start(id)).rejects.toThrow('network none-such not found');
  });

  it('never changes the labels of a volume', async () => {
    await engine.createVolume('v', { a: '1' });
    await engine.createVolume('v', { a: '2' });
    expect(await engine.listVolumes({ key: 'a', value: '1' })).toHaveLength(1);
  });

  it('reports what happens, as long as the stream lasts', async () => {
    const events: EngineEvent[] = [];
    const control = new AbortController();
    const { closed } = await engine.events((event) => events.push(event), control.signal);
    const id = await engine.create(spec('aa'));
    await engine.start(id);
    engine.exit(id, 3);
    expect(await engine.inspect(id)).toMatchObject({ phase: 'exited', exitCode: 3 });
    control.abort();
    await closed;
    await engine.remove(id);
    expect(events.map(({ action, labels }) => `${action} ${labels['scope'] ?? ''}`)).toEqual([
      'start x',
      'die x',
    ]);
  });

  it('lets every call fail while it is away', async () => {
    engine.disconnect();
    await expect(engine.list({ key: 'scope', value: 'x' })).rejects.toMatchObject({
      kind: 'unreachable',
    });
    engine.connect();
    await expect(engine.list({ key: 'scope', value: 'x' })).resolves.toEqual([]);
  });

  it('holds the stop of a container that ignores it', async () => {
    engine.stopsAtOnce = false;
    const id = await engine.create(spec('aa'));
    await engine.start(id);
    const stopped = engine.stop(id, 3);
    await Promise.resolve();
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.running()).toHaveLength(1);
    engine.killNow(id);
    await stopped;
    expect(engine.running()).toEqual([]);
  });
});
