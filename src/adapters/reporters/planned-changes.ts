import type { ReportEvent } from '../../ports/reporter.js';

/**
 * Decides which `change` events a person gets to see: each change once, as applied; only in a dry
 * run, where nothing gets applied, as planned. Planned ones are kept until the step's end tells.
 */
export class PlannedChanges {
  #held: ReportEvent[] = [];

  /** The events to show now in place of `event`, in order. */
  filter(event: ReportEvent): readonly ReportEvent[] {
    if (event.type === 'change' && event.state === 'planned') {
      this.#held.push(event);
      return [];
    }
    if (event.type !== 'step-finished' && event.type !== 'step-failed') return [event];
    const held = this.#held;
    this.#held = [];
    const dry = event.type === 'step-finished' && event.outcome === 'would-change';
    return dry ? [event, ...held] : [event];
  }
}
