import ora, { type Ora } from 'ora';
import type { WorkflowSnapshot } from '../../ports/reporter.js';
import type { Paint } from './paint.js';
import { LiveBlock } from './live-block.js';
import { progressView } from './progress.js';
import { fitsScreen, rowsForScreen, type ScreenSize, workflowScreen } from './workflow-screen.js';

/** Of a terminal that does not tell. */
const USUAL: ScreenSize = { columns: 80, rows: 24 };
/** The spinner, the space after it, and the last column, in which some terminals wrap. */
const SPINNER_COLUMNS = 3;
/** Of what happened since the last drawing; a thousand jobs may lose their executor at once. */
const LINES_AT_ONCE = 10;

/**
 * The running workflow on a terminal: a screen at the bottom, redrawn in place, with what happens
 * above it; a spinner with one line where there is no room for that. What happens is drawn
 * together with the next snapshot, so that a flood of it costs no more than the snapshots do.
 */
export class WorkflowView {
  readonly #stream: NodeJS.WriteStream;
  readonly #paint: Paint;
  readonly #block: LiveBlock;
  #snapshot: WorkflowSnapshot | undefined;
  #spinner: Ora | undefined;
  #happened: string[] = [];
  #leftOut = 0;

  constructor(stream: NodeJS.WriteStream, paint: Paint) {
    this.#stream = stream;
    this.#paint = paint;
    this.#block = new LiveBlock(stream);
  }

  show(snapshot: WorkflowSnapshot): void {
    this.#snapshot = snapshot;
    const { columns, rows } = this.#size();
    if (!fitsScreen({ columns, rows })) {
      this.#block.clear();
      this.#printHappened();
      this.#spin(progressView(snapshot, columns - SPINNER_COLUMNS));
      return;
    }
    this.#stopSpinner();
    const size = { columns: columns - 1, rows: rowsForScreen(rows) };
    this.#block.draw(workflowScreen(snapshot, size, this.#paint), this.#takeHappened());
  }

  /** Lines for good, above the screen. */
  happened(lines: readonly string[]): void {
    this.#happened.push(...lines);
    const over = this.#happened.length - LINES_AT_ONCE;
    if (over <= 0) return;
    this.#happened.splice(0, over);
    this.#leftOut += over;
  }

  /** Takes away what is drawn in place, and prints what has happened since. */
  end(): void {
    this.pause();
    this.#snapshot = undefined;
  }

  /** The same; `resume` brings it back. */
  pause(): void {
    this.#block.clear();
    this.#stopSpinner();
    this.#printHappened();
  }

  resume(): void {
    if (this.#snapshot !== undefined) this.show(this.#snapshot);
  }

  #size(): ScreenSize {
    const { columns, rows } = this.#stream;
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
  }

  #takeHappened(): readonly string[] {
    const more =
      this.#leftOut === 0 ? [] : [this.#paint('dim', `  … ${this.#leftOut} earlier lines`)];
    const lines = [...more, ...this.#happened];
    this.#happened = [];
    this.#leftOut = 0;
    return lines;
  }

  #printHappened(): void {
    this.#spinner?.clear();
    for (const line of this.#takeHappened()) this.#stream.write(`${line}\n`);
  }

  #spin(text: string): void {
    // That the terminal can redraw was decided before this view was chosen.
    const options = { stream: this.#stream, discardStdin: false, isEnabled: true };
    this.#spinner ??= ora(options).start();
    this.#spinner.text = text;
  }

  #stopSpinner(): void {
    this.#spinner?.stop();
    this.#spinner = undefined;
  }
}
