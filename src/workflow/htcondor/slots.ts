import { CrossflockError } from '../../errors/crossflock-error.js';
import { type Ad, flagOf, isAd, numberOf, textOf } from './fields.js';

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
  return readAds(text).map((ad) => ({
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

function readAds(text: string): readonly Ad[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw noSlots(text, cause);
  }
  if (!Array.isArray(value) || !value.every(isAd)) throw noSlots(text);
  return value;
}

function noSlots(text: string, cause?: unknown): CrossflockError {
  const start = JSON.stringify(text.trim().slice(0, 80));
  return new CrossflockError(`condor_status answered ${start}, which is not a list of slots`, {
    code: 'unexpected',
    ...(cause === undefined ? {} : { cause }),
  });
}
