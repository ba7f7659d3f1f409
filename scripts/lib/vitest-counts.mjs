// Sums up vitest's JSON reports in one line: "N passed, N failed, N skipped".
// A file named *.skipped.json is what `vitest list --json` wrote: tests that did not run.
// With --names it prints those tests by name instead.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** A file that could not be loaded has no test that failed, and is a failure all the same. */
function brokenFiles(report) {
  return report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
}

function counts(path) {
  const report = read(path);
  if (path.endsWith('.skipped.json')) return { passed: 0, failed: 0, skipped: report.length };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles(report),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function printNames(path) {
  for (const test of read(path)) {
    console.log(`  skipped  ${relative(process.cwd(), test.file)} > ${test.name}`);
  }
}

const args = process.argv.slice(2);
if (args[0] === '--names') {
  args.slice(1).forEach(printNames);
} else {
  const all = args.map(counts);
  const sum = (key) => all.reduce((total, one) => total + one[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
}
