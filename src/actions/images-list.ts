import { toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { localImages } from '../images/available-images.js';
import { isSameImage, type ImageFacts } from '../images/image-facts.js';
import { imagesProbe, type SeenImages } from '../images/images-probe.js';
import { formatBytes } from '../images/plan-images.js';
import { HOST_IMAGES, withTag } from '../images/reference.js';
import { wantedImages } from '../images/wanted-images.js';
import type { HostPlan, Plan } from '../plan/types.js';
import type { Cell } from '../ports/reporter.js';
import { survey } from '../provision/survey.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { HOSTS_AT_ONCE, networkDriver } from './network-steps.js';
import { openHost } from './open-host.js';

interface HostImages {
  readonly host: HostPlan;
  readonly names: readonly string[];
  /** Undefined for a host that does not answer. */
  readonly seen: SeenImages | undefined;
}

/** `crossflock images list`: which images this machine and the hosts have. Changes nothing. */
export async function imagesList(
  context: ActionContext,
  { config }: { readonly config: string },
): Promise<ExitCode> {
  const plan = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { signal, reporter } = context;
  const hosts = await lookAtHosts(context, plan);
  const names = [...new Set([...HOST_IMAGES.map(withTag), ...hosts.flatMap((each) => each.names)])];
  const here = await localImages(context.host, names, signal);
  const columns = ['image', 'here', 'size', ...hosts.map(({ host }) => host.id)];
  const rows = names.map((name) => row(name, here.get(name), hosts));
  reporter.emit({ type: 'table', title: '', columns, rows });
  const silent = hosts.filter(({ seen }) => seen === undefined).length;
  const message = `${here.size} of ${names.length} images are on this machine`;
  reporter.emit({
    type: 'summary',
    ok: silent === 0,
    message:
      silent === 0 ? message : `${message}; ${silent} of ${hosts.length} hosts do not answer`,
    data: { here: Object.fromEntries(here), hosts: hosts.map(dataOf) },
  });
  return silent === 0 ? EXIT.ok : EXIT.failed;
}

async function lookAtHosts(context: ActionContext, plan: Plan): Promise<readonly HostImages[]> {
  const { signal, reporter } = context;
  const driver = networkDriver(plan.network);
  const hosts = plan.clusters.flatMap((cluster) =>
    cluster.hosts.map((host) => ({
      host,
      names: wantedImages(plan, { cluster, hostId: host.id }, driver.images),
    })),
  );
  const { failed, done } = await fanOut(hosts, HOSTS_AT_ONCE, async ({ host, names }) => {
    const { images } = await survey(
      openHost(context, host),
      { images: imagesProbe(names) },
      signal,
    );
    return images;
  });
  signal.throwIfAborted();
  for (const { target, error } of failed) {
    const message = `${target.host.id}: ${toCrossflockError(error).message}`;
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
  const seen = new Map(done.map(({ target, value }) => [target, value]));
  return hosts.map((host) => ({ ...host, seen: seen.get(host) }));
}

function row(
  name: string,
  here: ImageFacts | undefined,
  hosts: readonly HostImages[],
): readonly Cell[] {
  const id = here === undefined ? 'none' : here.id.slice('sha256:'.length, 'sha256:'.length + 12);
  const size = here === undefined ? '' : formatBytes(here.size);
  return [name, id, size, ...hosts.map((host) => cellOf(name, here, host))];
}

function cellOf(name: string, here: ImageFacts | undefined, { names, seen }: HostImages): string {
  if (seen === undefined) return '?';
  const has = seen.images.get(name);
  if (has === undefined) return names.includes(name) ? 'missing' : '';
  if (here === undefined) return 'there';
  return isSameImage(here, has) ? 'same' : 'other';
}

function dataOf({ host, seen }: HostImages) {
  return { id: host.id, images: seen === undefined ? null : Object.fromEntries(seen.images) };
}
