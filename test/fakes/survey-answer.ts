/**
 * What the survey's script writes when its probes answer this, by the id of each probe; for
 * `FakeHost.on(['sh', '-s'], …)`.
 */
export function surveyAnswer(answers: Readonly<Record<string, string>>): { stdout: string } {
  const parts = Object.entries(answers).map(
    ([id, answer]) => `\n=== crossflock probe ${id}\n${answer}`,
  );
  return { stdout: `${parts.join('')}\n=== crossflock probe end\n` };
}
