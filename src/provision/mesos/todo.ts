import { posix } from 'node:path';
import type { ChangeView } from '../../ports/reporter.js';
import type { ListedContainer } from '../docker/docker-state.js';
import { consequence } from './consequence.js';
import type { MesosChange, MesosStep } from './change.js';
import { mesosContainerName, type MesosPart } from './paths.js';
import { MESOS_SECRETS, sha256, type MesosSecrets } from './secrets.js';
import type { MesosSeen } from './seen.js';
import { isCompiled } from './source.js';
import { LEAVE_SCRIPT } from './service-scripts.js';
import { rootName } from './unpack-script.js';
import type { WantedContainer, WantedFile, WantedMesosHost, WantedService } from './types.js';

/** What to do on one host; empty where all is as wanted. Pure; see `inTurn` for several hosts. */
export function mesosTodo(wanted: WantedMesosHost, seen: MesosSeen): readonly MesosChange[] {
  return [
    ...secretChanges(wanted, seen),
    ...wanted.containers.flatMap((container) => containerChange(wanted, seen, container)),
    ...sourceChanges(wanted, seen),
    ...wanted.services.flatMap((service) => serviceChange(wanted, seen, service)),
    ...unwanted(wanted, seen),
  ];
}

/** The manifest of a host's files with secrets: their specs, and what was written then. */
export function manifestText(wanted: WantedMesosHost, secrets: MesosSecrets): string {
  return wanted.files
    .filter((file) => file.sha256 === undefined)
    .map(({ spec, path, content }) => `${spec} ${sha256(content(secrets))} ${path}\n`)
    .join('');
}

function change(
  wanted: WantedMesosHost,
  seen: MesosSeen,
  part: MesosChange['part'],
  view: Pick<ChangeView, 'action' | 'kind'> & { readonly detail: string },
): Omit<MesosChange, 'steps'> {
  const leads =
    (part === 'zookeeper' && seen.zookeeper?.mode === 'leader') ||
    (part === 'master' && seen.master?.isLeader === true);
  return { view: { ...view, target: wanted.hostId }, hostId: wanted.hostId, part, leads };
}

function secretChanges(wanted: WantedMesosHost, seen: MesosSeen): readonly MesosChange[] {
  if (wanted.parts.length === 0) return [];
  const names = MESOS_SECRETS.filter((name) => seen.secrets[name] !== wanted.secrets[name]);
  if (names.length === 0) return [];
  const view = {
    action: names.every((name) => seen.secrets[name] === undefined) ? 'create' : 'update',
    kind: 'mesos secrets',
    detail: 'readable by root only',
  } as const;
  const steps: readonly MesosStep[] = [
    { do: 'folders', folders: wanted.folders.filter(({ path }) => isCommon(wanted, path)) },
    { do: 'secrets', names },
  ];
  return [{ ...change(wanted, seen, 'secrets', view), steps }];
}

function isCommon({ paths }: WantedMesosHost, path: string): boolean {
  return path === paths.settings || path === paths.secrets || path === paths.data;
}

function containerChange(
  wanted: WantedMesosHost,
  seen: MesosSeen,
  container: WantedContainer,
): readonly MesosChange[] {
  const { part, name, argv, image } = container;
  const existing = seen.docker.containers.find((each) => each.name === name);
  const files = differing(wanted, seen, part);
  const found = containerDifference(container, existing, seen.images.get(image), files);
  if (found === undefined) return [];
  const { action, why } = found;
  const remove: MesosStep = { do: 'run', argv: ['docker', 'rm', '--force', '--volumes', name] };
  const run: Readonly<Record<typeof action, readonly MesosStep[]>> = {
    create: [{ do: 'run', argv }],
    update: [remove, { do: 'run', argv }],
    restart: [{ do: 'run', argv: ['docker', 'restart', name] }],
    start: [{ do: 'run', argv: ['docker', 'start', name] }],
  };
  const detail = `${why}${consequence(part, action, wanted.engine)}`;
  const view = { action, kind: kindOf(part), detail };
  return [
    {
      ...change(wanted, seen, part, view),
      steps: [...prepared(wanted, part, files), ...run[action]],
    },
  ];
}

interface Difference {
  readonly action: 'create' | 'update' | 'restart' | 'start';
  readonly why: string;
}

function containerDifference(
  { spec, image }: WantedContainer,
  existing: ListedContainer | undefined,
  imageId: string | undefined,
  files: readonly WantedFile[],
): Difference | undefined {
  if (existing === undefined) return { action: 'create', why: image };
  if (existing.labels['crossflock.spec'] !== spec)
    return { action: 'update', why: 'settings differ' };
  if (imageId !== undefined && existing.imageId !== imageId) {
    return { action: 'update', why: 'another image' };
  }
  if (files.length > 0) return { action: 'restart', why: `${names(files)} changed on the host` };
  return existing.running ? undefined : { action: 'start', why: 'it does not run' };
}

/** Before the first of the host's services that runs what was compiled. */
function sourceChanges(wanted: WantedMesosHost, seen: MesosSeen): readonly MesosChange[] {
  const { engine, paths, services } = wanted;
  const [part] = services.map((service) => service.part).sort((a, b) => b.localeCompare(a));
  if (part === undefined || engine.install !== 'source' || isCompiled(paths, seen)) return [];
  const detail = `compiled on the host with ${engine.cores} cores, which may take hours`;
  const view = { action: 'create', kind: 'mesos', detail } as const;
  return [{ ...change(wanted, seen, part, view), steps: [{ do: 'compile' }] }];
}

function serviceChange(
  wanted: WantedMesosHost,
  seen: MesosSeen,
  service: WantedService,
): readonly MesosChange[] {
  const { part, image } = service;
  const files = differing(wanted, seen, part);
  const isOther = image !== undefined && hasOtherRoot(seen, image);
  const found = serviceDifference(service, seen, files, isOther);
  if (found === undefined) return [];
  const { action, why } = found;
  const calls = {
    create: service.start,
    start: service.start,
    restart: service.restart,
    update: [],
  };
  const unpack = isOther ? [unpackStep(wanted, image)] : [];
  const view = {
    action,
    kind: kindOf(part),
    detail: `${why}${consequence(part, action, wanted.engine)}`,
  };
  const run = calls[action].map((argv): MesosStep => ({ do: 'run', argv }));
  const steps = [...prepared(wanted, part, files), ...unpack, ...run];
  return [{ ...change(wanted, seen, part, view), steps }];
}

/** Whether the agent's link names the file system of another image than the wanted one. */
function hasOtherRoot({ images, agentRoot }: MesosSeen, image: string): boolean {
  const id = images.get(image);
  return id === undefined ? agentRoot === undefined : agentRoot !== rootName(id);
}

function unpackStep({ paths, deployment }: WantedMesosHost, image: string): MesosStep {
  return {
    do: 'unpack',
    env: {
      CROSSFLOCK_IMAGE: image,
      CROSSFLOCK_ROOTS: paths.roots,
      CROSSFLOCK_LINK: paths.currentRoot,
      CROSSFLOCK_DEPLOYMENT: deployment,
    },
  };
}

function serviceDifference(
  { name, spec, part, definition }: WantedService,
  seen: MesosSeen,
  files: readonly WantedFile[],
  hasOtherImage: boolean,
): Difference | undefined {
  const existing = seen.services.find((service) => service.name === name);
  if (existing === undefined) return { action: 'create', why: 'a service of the host' };
  const started = seen.specs.get(part);
  if (started !== undefined && started !== spec)
    return { action: 'restart', why: 'settings differ' };
  if (hasOtherImage) return { action: 'restart', why: 'another image' };
  if (files.some(({ path }) => path === definition)) {
    return { action: 'restart', why: `${names(files)} changed on the host` };
  }
  if (!existing.isRunning) return { action: 'start', why: 'it does not run' };
  if (!existing.isEnabled) return { action: 'start', why: 'it would not start after a reboot' };
  return files.length === 0 ? undefined : { action: 'update', why: names(files) };
}

function unwanted(wanted: WantedMesosHost, seen: MesosSeen): readonly MesosChange[] {
  const { deployment, clusterId } = wanted;
  const containers = (['zookeeper', 'master', 'marathon'] as const).flatMap((part) => {
    const name = mesosContainerName(deployment, clusterId, part);
    const isThere = seen.docker.containers.some((container) => container.name === name);
    if (!isThere || wanted.containers.some((container) => container.name === name)) return [];
    const detail = 'the host is no master any more';
    const view = { action: 'delete', kind: kindOf(part), detail } as const;
    const argv = ['docker', 'rm', '--force', '--volumes', name];
    return [{ ...change(wanted, seen, part, view), steps: [{ do: 'run', argv } as const] }];
  });
  const services = seen.services
    .filter(({ name }) => !wanted.services.some((service) => service.name === name))
    .map((service) => {
      const part = service.name.includes('-mesos-agent-') ? 'agent' : 'master';
      const detail =
        part === 'agent'
          ? 'the host is no agent any more: its containers end, and start anew on others with room'
          : 'it is not wanted here';
      const view = { action: 'delete', kind: kindOf(part), detail } as const;
      return { ...change(wanted, seen, part, view), steps: leaving(service, part, wanted.paths) };
    });
  return [...containers, ...services];
}

/**
 * Ends a service and takes it away. An agent that gets SIGUSR1 tells the master that it goes, which
 * ends what it still has; what it remembers of itself goes too, so that a later one is a new agent.
 */
function leaving(
  { name, init }: MesosSeen['services'][number],
  part: 'agent' | 'master',
  { work }: WantedMesosHost['paths'],
): readonly MesosStep[] {
  const unit = `${name}.service`;
  const script = `/etc/init.d/${name}`;
  const isAgent = part === 'agent';
  const calls =
    init === 'systemd'
      ? [
          isAgent ? ['sh', '-c', LEAVE_SCRIPT, 'sh', unit] : ['systemctl', 'stop', unit],
          ['systemctl', 'disable', unit],
        ]
      : [
          [script, isAgent ? 'leave' : 'stop'],
          ['update-rc.d', '-f', name, 'remove'],
        ];
  const definition = init === 'systemd' ? `/etc/systemd/system/${unit}` : script;
  const paths = [definition, `/etc/logrotate.d/${name}`, ...(isAgent ? [work] : [])];
  const reload: readonly MesosStep[] =
    init === 'systemd' ? [{ do: 'run', argv: ['systemctl', 'daemon-reload'] }] : [];
  return [
    ...calls.map((argv): MesosStep => ({ do: 'run', argv })),
    { do: 'remove', paths },
    ...reload,
  ];
}

function prepared(
  wanted: WantedMesosHost,
  part: MesosPart,
  files: readonly WantedFile[],
): readonly MesosStep[] {
  if (files.length === 0) return [];
  return [
    {
      do: 'folders',
      folders: wanted.folders.filter((folder) => belongs(wanted, folder.path, part)),
    },
    { do: 'files', files },
  ];
}

function belongs(wanted: WantedMesosHost, path: string, part: MesosPart): boolean {
  const { paths } = wanted;
  const own = [posix.join(paths.settings, part), posix.join(paths.data, part)];
  return isCommon(wanted, path) || own.includes(path) || (part === 'agent' && path === paths.roots);
}

/** Files of a part that are not as wanted. */
function differing(
  { files }: WantedMesosHost,
  seen: MesosSeen,
  part: MesosPart,
): readonly WantedFile[] {
  return files.filter((file) => file.part === part && !isAsWanted(file, seen));
}

function isAsWanted({ path, mode, sha256: wanted, spec }: WantedFile, seen: MesosSeen): boolean {
  const file = seen.files.get(path);
  if (file === undefined || (file.mode !== undefined && file.mode !== mode)) return false;
  if (wanted !== undefined) return file.sha256 === wanted;
  const written = seen.manifest.get(path);
  return written?.spec === spec && written.sha256 === file.sha256;
}

function names(files: readonly WantedFile[]): string {
  return files.map(({ path }) => posix.basename(path)).join(', ');
}

function kindOf(part: MesosPart): string {
  return part === 'zookeeper' || part === 'marathon' ? part : `mesos ${part}`;
}
