import type { ExecutorResources } from '../../ports/workflow-pool.js';
import { readAds } from './ads.js';
import { flagOf, numberOf, textOf } from './fields.js';

/** A slot as its executor advertises it. */
export interface Slot {
  readonly name: string;
  /** CPUs of the whole slot, the ones in use included. */
  readonly totalCpus: number;
  /** The slot that the dynamic ones are cut from. */
  readonly partitionable: boolean;
}

/**
 * Reads the output of `condor_status -json`. An empty output means no slots.
 * @throws CrossflockError `unexpected` when it is anything else
 */
export function readSlots(text: string): readonly Slot[] {
  return readAds('condor_status', text).map((ad) => ({
    name: textOf(ad, 'Name') ?? '',
    totalCpus: numberOf(ad, 'TotalSlotCpus') ?? numberOf(ad, 'Cpus') ?? 0,
    partitionable: flagOf(ad, 'PartitionableSlot') ?? false,
  }));
}

/** CPUs that these slots offer in all: of a partitionable one, its parts are not counted again. */
export function totalCpus(slots: readonly Slot[]): number {
  const whole = slots.filter((slot) => slot.partitionable || !/^slot\d+_\d+@/.test(slot.name));
  return whole.reduce((sum, slot) => sum + slot.totalCpus, 0);
}

/** What an executor has in all, whoever uses it now. */
export function resourcesOf(text: string): ExecutorResources {
  const whole = readAds('condor_status', text).filter((ad) => flagOf(ad, 'PartitionableSlot'));
  const most = (name: string): number => Math.max(0, ...whole.map((ad) => numberOf(ad, name) ?? 0));
  return { cpus: most('TotalSlotCpus'), memoryMb: most('TotalSlotMemory') };
}
