import type { ContainerEngine } from './engine.js';

/** Lets at most `limit` pieces of work run at a time; the others wait in line. */
export function limiter(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      // The place goes to the next in line, or is given up.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

/**
 * The engine with a bound on calls at a time. Waiting for a container to stop, pulling and running
 * health checks last long and have bounds of their own, so that they never block the rest.
 */
export function limitedEngine(engine: ContainerEngine, limit = 8): ContainerEngine {
  const call = limiter(limit);
  const pulls = limiter(3);
  const stops = limiter(32);
  const execs = limiter(limit);
  return {
    info: () => call(() => engine.info()),
    hasImage: (image) => call(() => engine.hasImage(image)),
    pull: (image) => pulls(() => engine.pull(image)),
    create: (spec) => call(() => engine.create(spec)),
    start: (id) => call(() => engine.start(id)),
    stop: (id, grace) => stops(() => engine.stop(id, grace)),
    remove: (id) => call(() => engine.remove(id)),
    rename: (id, name) => call(() => engine.rename(id, name)),
    inspect: (id) => call(() => engine.inspect(id)),
    list: (label) => call(() => engine.list(label)),
    logTail: (id, lines) => call(() => engine.logTail(id, lines)),
    exec: (id, argv, timeoutMs) => execs(() => engine.exec(id, argv, timeoutMs)),
    createVolume: (name, labels) => call(() => engine.createVolume(name, labels)),
    removeVolume: (name) => call(() => engine.removeVolume(name)),
    listVolumes: (label) => call(() => engine.listVolumes(label)),
    events: (onEvent, signal) => engine.events(onEvent, signal),
  };
}
