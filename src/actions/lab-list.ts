import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { labSize } from '../lab/configuration.js';
import { readLabs } from '../lab/inventory.js';
import { isRunning, type Lab, type LabHost } from '../lab/model.js';
import { lookAt } from '../lab/look.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { AT_ONCE } from './lab-machine-steps.js';

const COLUMNS = ['lab', 'host', 'cloud', 'address', 'state', 'made', 'cut off from'];

/** `crossflock lab list`: the labs on this machine, with their hosts. Changes nothing. */
export async function labList(context: ActionContext): Promise<ExitCode> {
  const labs = await readLabs(context.host, context.signal);
  const pairs = labs.flatMap((lab) => lab.hosts.map((host) => ({ lab, host })));
  const cuts = await cutsByHost(context, pairs);
  const rows = pairs.map(({ lab, host }) => [
    lab.name,
    host.id,
    host.cloud,
    host.address,
    host.state,
    host.isBare ? 'bare' : 'with docker',
    cuts.get(host)?.join(', ') ?? '',
  ]);
  if (rows.length > 0) context.reporter.emit({ type: 'table', title: '', columns: COLUMNS, rows });
  const message = labs.map((lab) => `lab ${lab.name}: ${labSize(lab.hosts)}`).join('; ');
  const data = { labs: labs.map((lab) => labData(lab, cuts)) };
  const none = 'no lab is up; crossflock lab up makes one';
  context.reporter.emit({ type: 'summary', ok: true, message: message || none, data });
  return EXIT.ok;
}

/** The clouds that running hosts are cut off from; a host that does not answer is left out. */
async function cutsByHost(
  { host, signal }: ActionContext,
  pairs: readonly { readonly lab: Lab; readonly host: LabHost }[],
): Promise<ReadonlyMap<LabHost, readonly string[]>> {
  const running = pairs.filter((pair) => isRunning(pair.host));
  const { done } = await fanOut(running, AT_ONCE, (pair) =>
    lookAt(host, pair.lab.name, pair.host, signal),
  );
  signal.throwIfAborted();
  return new Map(
    done.map(({ target, value }) => [target.host, value.cuts.map(({ cloud }) => cloud)]),
  );
}

function labData(lab: Lab, cuts: ReadonlyMap<LabHost, readonly string[]>): object {
  return {
    name: lab.name,
    ...(lab.subnet === undefined ? {} : { subnet: lab.subnet }),
    ...(lab.registry === undefined ? {} : { registry: lab.registry.address }),
    hosts: lab.hosts.map((host) => ({
      id: host.id,
      cloud: host.cloud,
      address: host.address,
      state: host.state,
      bare: host.isBare,
      cutOffFrom: cuts.get(host) ?? [],
    })),
  };
}
