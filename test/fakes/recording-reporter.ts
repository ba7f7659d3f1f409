import type { Reporter, ReportEvent } from '../../src/ports/reporter.js';

/** Keeps every event, for tests to look at. */
export class RecordingReporter implements Reporter {
  readonly events: ReportEvent[] = [];

  emit(event: ReportEvent): void {
    this.events.push(event);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The events of one type, in order. */
  of<T extends ReportEvent['type']>(type: T): Extract<ReportEvent, { type: T }>[] {
    return this.events.filter((e): e is Extract<ReportEvent, { type: T }> => e.type === type);
  }
}
