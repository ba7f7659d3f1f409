import { dirname } from 'node:path';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { docker } from '../lab/docker.js';
import { readLab } from '../lab/inventory.js';
import type { Lab } from '../lab/model.js';
import { hostContainer, networkName, registryContainer } from '../lab/names.js';
import { runSteps } from '../pipeline/run-steps.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import type { ActionContext } from './context.js';
import { checkLabName, filesOf, type LabOptions } from './lab-common.js';
import { AT_ONCE } from './lab-machine-steps.js';

/** `crossflock lab down`: nothing of the lab is left, whatever there was of it. */
export async function labDown(context: ActionContext, { name }: LabOptions): Promise<ExitCode> {
  const lab = await readLab(context.host, checkLabName(name), context.signal);
  const result = await runSteps(
    [machinesGone(context, lab), networkGone(context, lab), filesGone(context, lab)],
    context,
  );
  const ok = result.failure === undefined;
  const gone = result.changes === 0 ? `nothing of lab ${name} was there` : `lab ${name} is gone`;
  const message = ok ? gone : `failed at ${result.failure.step}`;
  const data = { lab: name, changes: result.changes };
  context.reporter.emit({ type: 'summary', ok, message, data });
  return result.failure === undefined ? EXIT.ok : exitCodeFor(result.failure.error.code);
}

interface Removal extends StepChange {
  readonly container: string;
}

function machinesGone({ host }: ActionContext, lab: Lab): Step {
  const removal = (kind: string, target: string, container: string): Removal => ({
    view: { action: 'delete', kind, target },
    container,
  });
  return step<Removal>({
    id: 'machines',
    title: 'machines',
    check: () =>
      Promise.resolve([
        ...lab.hosts.map(({ id }) => removal('host', id, hostContainer(lab.name, id))),
        ...(lab.registry === undefined
          ? []
          : [removal('registry', registryContainer(lab.name), registryContainer(lab.name))]),
      ]),
    apply: applyEach(AT_ONCE, async ({ container }, { signal }) => {
      // With the volumes: what the Docker Engine inside kept is in one that has no name.
      await docker(host, ['rm', '--force', '--volumes', container], { signal });
    }),
  });
}

function networkGone({ host }: ActionContext, lab: Lab): Step {
  const target = networkName(lab.name);
  return step({
    id: 'network',
    title: 'network of the lab',
    check: () =>
      Promise.resolve(
        lab.subnet === undefined
          ? []
          : [{ view: { action: 'delete', kind: 'network', target } as const }],
      ),
    apply: applyEach(1, async (_, { signal }) => {
      await docker(host, ['network', 'rm', target], { signal });
    }),
  });
}

function filesGone(context: ActionContext, { name }: Lab): Step {
  const { host } = context;
  const { folder } = filesOf(context, name);
  return step({
    id: 'files',
    title: 'keys of the lab',
    check: async ({ signal }) => {
      const { exitCode } = await host.run(['test', '-d', folder], { signal });
      if (exitCode !== 0) return [];
      return [{ view: { action: 'delete', kind: 'folder', target: folder } as const }];
    },
    apply: applyEach(1, async (_, { signal }) => {
      await host.run(['rm', '-rf', '--', folder], { signal });
      // The folders above go with the last that is in them.
      const above = [dirname(folder), dirname(dirname(folder))];
      await host.run(['rmdir', '--ignore-fail-on-non-empty', '--', ...above], { signal });
    }),
  });
}
