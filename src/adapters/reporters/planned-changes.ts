import type { ReportEvent } from '../../ports/reporter.js';

/**
 * Decides which `change` events a person gets to see: each change once, as applied; only in a dry
 * run, where nothing gets applied, as planned. Planned ones are kept until the step's end tells.
 */
export class PlannedChanges {
  #held: ReportEvent[] = [];
  #applied = false;

  /** The events to show now in place of `event`, in order. */
  filter(event: ReportEvent): readonly ReportEvent[] {
    if (event.type === 'change') {
      if (event.state === 'applied') this.#applied = true;
      else this.#held.push(event);
      return event.state === 'applied' ? [event] : [];
    }
    if (event.type !== 'step-finished' && event.type !== 'step-failed') return [event];
    const held = this.#applied || event.type === 'step-failed' ? [] : this.#held;
    this.#held = [];
    this.#applied = false;
    return [event, ...held];
  }
}
