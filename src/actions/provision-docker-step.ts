import type { Step, StepContext } from '../pipeline/step.js';
import { dockerNeed } from '../provision/docker/docker-need.js';
import { addToGroupArgv, finishInstallation, installDocker } from '../provision/docker/install.js';
import { startDocker } from '../provision/docker/start.js';
import { mustRun } from '../provision/run-command.js';
import type { CloserFacts } from '../provision/facts/closer-look.js';
import { hostChange, hostStep, type HostChange } from './provision-host-changes.js';
import type { ProvisionScene, SceneHost, Sight } from './provision-scene.js';

/** Docker Engine on every host: installed, answering, and open to the users that are to have it. */
export function dockerStep(scene: ProvisionScene, closer: ReadonlyMap<string, CloserFacts>): Step {
  return hostStep(scene, {
    id: 'docker',
    title: 'docker engine',
    changes: () =>
      scene.usable.flatMap((host) => {
        const sight = scene.sight(host.id);
        if (sight === undefined) return [];
        return changesOf(scene, { host, sight, closer: closer.get(host.id) });
      }),
  });
}

interface Here {
  readonly host: SceneHost;
  readonly sight: Sight;
  readonly closer: CloserFacts | undefined;
}

function changesOf({ plan }: ProvisionScene, here: Here): readonly HostChange[] {
  const { host, sight, closer } = here;
  const { facts } = sight;
  const { source } = plan.docker;
  const need = dockerNeed(facts, sight.docker, plan.docker);
  const ssh = host.member.host;
  const changes: HostChange[] = [];
  const progress = (context: StepContext) => (message: string) => {
    context.progress(`${host.id}: ${message}`);
  };
  if (need.install.length > 0) {
    const what = need.install.includes('engine') ? 'docker engine' : 'docker client';
    const from = source === 'docker' ? "docker's repository" : facts.os.name;
    const unfinished = closer?.packages?.unfinished === true;
    const detail = `from ${from}${unfinished ? ', after what was left half done' : ''}`;
    changes.push(
      hostChange(host.id, { action: 'create', kind: what, target: host.id, detail }, (context) => {
        const { signal } = context;
        const options = { signal, progress: progress(context), source, facts, unfinished };
        return installDocker(ssh, need, options);
      }),
    );
  }
  if (need.finish && need.install.length === 0) {
    const detail = `${facts.unfinished.join(', ')}: the installation was interrupted`;
    const view = { action: 'update', kind: 'packages', target: host.id, detail } as const;
    changes.push(
      hostChange(host.id, view, (context) => {
        const { signal } = context;
        return finishInstallation(ssh, { signal, progress: progress(context) });
      }),
    );
  }
  if (need.start) {
    const view = { action: 'start', kind: 'docker engine', target: host.id } as const;
    changes.push(
      hostChange(host.id, view, async (context) => {
        const { signal } = context;
        await startDocker(ssh, facts.init, { signal, progress: progress(context) });
      }),
    );
  }
  for (const user of need.users) {
    const view = {
      action: 'create',
      kind: 'docker group member',
      target: `${user} on ${host.id}`,
    } as const;
    changes.push(
      hostChange(host.id, view, async ({ signal }) => {
        await mustRun(ssh, addToGroupArgv(user), { signal });
      }),
    );
  }
  return changes;
}
