import type { Problem } from '../../errors/problem.js';
import { formatAddress, parseAddress } from '../../plan/addressing.js';
import type { ContainerView, View } from '../view.js';
import { assignedAddresses } from './assigned.js';
import { PLACEHOLDER } from './placeholders.js';

const FLAG = '-f';

/** Flock lists of submitters that name an address no executor has. */
export function flockProblems(view: View): readonly Problem[] {
  if (!view.allContainers || !view.allAddresses) return [];
  const roles = rolesByAddress(view);
  return view.containers
    .filter(({ role }) => role === 'submitter')
    .flatMap((submitter) => listProblems(submitter, roles));
}

interface Holder {
  readonly id: string;
  readonly role: ContainerView['role'];
}

/** Who has which address, instances included. */
function rolesByAddress(view: View): ReadonlyMap<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const { container, first } of assignedAddresses(view)) {
    const { id, role, instances } = container;
    if (id === undefined || first === undefined) continue;
    for (let offset = 0; offset < instances; offset += 1) {
      holders.set(formatAddress(first + offset), { id, role });
    }
  }
  return holders;
}

function listProblems(
  { args, path }: ContainerView,
  holders: ReadonlyMap<string, Holder>,
): readonly Problem[] {
  const given = flockList(args);
  if (given === undefined) return [];
  const executors = [...holders].filter(([, { role }]) => role === 'executor').map(([ip]) => ip);
  const fix =
    executors.length === 0
      ? 'add an executor with this address, or remove it'
      : `write some of ${executors.slice(0, 8).join(',')}${executors.length > 8 ? ',…' : ''}, or leave ${FLAG} out`;
  const place = `${path}.args[${String(given.at)}]`;
  const { list } = given;
  if (list === undefined) {
    return [
      { severity: 'error', path: place, value: `"${FLAG}"`, message: 'has no list after it', fix },
    ];
  }
  if (PLACEHOLDER.test(list)) return [];
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && holders.get(entry)?.role !== 'executor')
    .map((entry) => ({
      severity: 'error',
      path: place,
      value: JSON.stringify(entry),
      message: whoHasIt(entry, holders.get(entry)),
      fix,
    }));
}

/** The text after the flag, or in the same argument; undefined when there is nothing to check. */
function flockList(args: ContainerView['args']): { at: number; list?: string } | undefined {
  const at = args.findIndex((arg) => arg?.startsWith(FLAG) === true);
  const flag = args[at];
  if (flag === undefined) return undefined;
  if (flag !== FLAG) return { at, list: flag.slice(FLAG.length) };
  if (at === args.length - 1) return { at };
  const list = args[at + 1];
  // A secret is not compared with anything.
  return list === undefined ? undefined : { at: at + 1, list };
}

function whoHasIt(entry: string, holder: Holder | undefined): string {
  if (holder !== undefined) return `is the address of "${holder.id}", which is no executor`;
  return parseAddress(entry) === undefined
    ? 'in the flock list is not an address'
    : 'is an address that no executor has';
}
