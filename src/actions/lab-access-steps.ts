import { accessDigest, accessText, knownHostsText, makeKey, makePassword } from '../lab/access.js';
import type { Access } from '../lab/access.js';
import { cutPairs, cutsOf, cutsText, giveCuts, type Cut } from '../lab/cuts.js';
import { docker } from '../lab/docker.js';
import { readLab } from '../lab/inventory.js';
import { lookAt, untilBooted, type HostLook } from '../lab/look.js';
import { isRunning, type Lab, type LabHost } from '../lab/model.js';
import { hostContainer } from '../lab/names.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import { toCrossflockError } from '../errors/crossflock-error.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { readAccess, readText } from './lab-common.js';
import { AT_ONCE, type LabTask } from './lab-machine-steps.js';

/** The lab's key pair and password, in its state folder. */
export function keyStep(context: ActionContext, { name, files }: LabTask): Step {
  return step({
    id: 'key',
    title: 'key pair of the lab',
    check: async () => {
      if ((await readAccess(context, files)) !== undefined) return [];
      return [{ view: { action: 'create', kind: 'key', target: files.privateKey } as const }];
    },
    apply: applyEach(1, async (_, { signal }) => {
      await makeKey(context.host, name, files, signal);
      await makePassword(context.host, files);
    }),
  });
}

type AccessChange = StepChange & { readonly make: (signal: AbortSignal) => Promise<void> };

interface Seen {
  readonly host: LabHost;
  readonly look: HostLook;
}

/** Waits until all hosts have booted, lets the lab's key in, and writes down their host keys. */
export function accessStep(context: ActionContext, task: LabTask): Step {
  const { name, files } = task;
  return step<AccessChange>({
    id: 'access',
    title: 'access to the hosts',
    check: async ({ signal, dryRun }) => {
      const lab = await readLab(context.host, name, signal);
      const seen = await lookAtAll(context, lab, signal);
      const access = await readAccess(context, files);
      const pairs = cutPairs(seen.map(({ host, look }) => ({ ...host, cuts: look.cuts })));
      return [
        ...seen
          .filter(({ look }) => access === undefined || look.access !== accessDigest(access))
          .map(({ host }) => accessChange(context, task, host)),
        ...(dryRun ? task.missing.map((host) => accessChange(context, task, host)) : []),
        ...seen.flatMap((one) =>
          cutChange(context, task, one, cutsOf(one.host.cloud, pairs, lab.hosts)),
        ),
        ...(await knownHostsChange(context, task, seen)),
      ];
    },
    apply: applyEach(AT_ONCE, ({ make }, { signal }) => make(signal)),
  });
}

/** Looks at all hosts that are switched on, once each has booted. One that does not boot stops it. */
export async function lookAtAll(
  { host }: ActionContext,
  lab: Lab,
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const { done, failed } = await fanOut(lab.hosts.filter(isRunning), AT_ONCE, async (one) => {
    await untilBooted(host, lab.name, one, signal);
    return lookAt(host, lab.name, one, signal);
  });
  const [first] = failed;
  if (first !== undefined) throw toCrossflockError(first.error);
  return done.map(({ target, value }) => ({ host: target, look: value }));
}

function accessChange(
  context: ActionContext,
  { name, files }: LabTask,
  { id }: { readonly id: string },
): AccessChange {
  return {
    view: { action: 'update', kind: 'access', target: id },
    make: async (signal) => {
      // The step before has made it.
      const access = (await readAccess(context, files)) as Access;
      const container = hostContainer(name, id);
      const args = ['exec', '--interactive', container, 'crossflock-lab', 'access'];
      await docker(context.host, args, { stdin: accessText(access), signal });
    },
  };
}

function cutChange(
  { host }: ActionContext,
  { name, files }: { readonly name: string; readonly files: LabTask['files'] },
  seen: Seen,
  cuts: readonly Cut[],
): readonly AccessChange[] {
  if (cutsText(cuts) === cutsText(seen.look.cuts)) return [];
  const clouds = cuts.map(({ cloud }) => cloud).join(', ');
  const { id } = seen.host;
  const target = { lab: name, host: seen.host, file: `${files.folder}/cuts` };
  return [
    {
      view: { action: 'update', kind: 'cut', target: id, detail: `cut off from ${clouds}` },
      make: (signal) => giveCuts(host, target, cuts, signal),
    },
  ];
}

async function knownHostsChange(
  context: ActionContext,
  { files }: LabTask,
  seen: readonly Seen[],
): Promise<readonly AccessChange[]> {
  const present = await readText(context, files.knownHosts);
  const hosts = seen.map(({ host, look }) => ({ address: host.address, hostKey: look.hostKey }));
  const wanted = knownHostsText(hosts);
  if (present === wanted.trim()) return [];
  const action = present === undefined ? 'create' : 'update';
  return [
    {
      view: { action, kind: 'known hosts', target: files.knownHosts },
      make: () => context.host.put(wanted, files.knownHosts, 0o600),
    },
  ];
}
