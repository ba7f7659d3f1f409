import { CrossflockError } from '../../errors/crossflock-error.js';

/** Milliseconds for the masters to agree on it. */
const CALL_MS = 30_000;

/**
 * Tells the leading master that an agent is gone for good: what ran there is lost at once, not only
 * when the agent was silent for long, and an agent of that id never comes back. Where it answers
 * after all, it is told to end what it runs. `MARK_AGENT_GONE` of the operator API, since Mesos 1.5.
 * @param url of the master as it is reached from here, such as `http://127.0.0.1:41000`
 * @throws CrossflockError `work-failed` where the master does not take it
 */
export async function markAgentGone(
  url: string,
  agentId: string,
  signal: AbortSignal,
): Promise<void> {
  const call = { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id: { value: agentId } } };
  try {
    const answer = await fetch(new URL('/api/v1', url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(call),
      signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]),
    });
    const said = (await answer.text()).trim();
    if (answer.ok) return;
    throw notTaken(`it answered ${answer.status}${said === '' ? '' : `: ${said.slice(0, 200)}`}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CrossflockError) throw error;
    throw notTaken(error instanceof Error ? error.message : String(error), error);
  }
}

function notTaken(why: string, cause?: unknown): CrossflockError {
  return new CrossflockError(`the mesos master does not let the agent go: ${why}`, {
    code: 'work-failed',
    cause,
  });
}
