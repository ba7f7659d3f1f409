import type { RunReport } from '../../ports/run-report.js';
import { type Figures, figuresOf } from '../figures/figures.js';

/** A report with everything that is derived from it. */
export interface ReportDocument extends RunReport {
  readonly figures: Figures;
}

/** The report's data and the numbers derived from it, as JSON; nothing is shortened. */
export function renderJson(report: RunReport): string {
  const document: ReportDocument = { ...report, figures: figuresOf(report) };
  return `${JSON.stringify(document, null, 2)}\n`;
}
