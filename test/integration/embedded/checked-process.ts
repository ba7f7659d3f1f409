import { type Checked, checkAnswer } from '../../contract/support/judge.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Sent {
  /** Text as it is, anything else as JSON; without a Content-Type, as the original script sends it. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a real server over the network and checks every answer against the strict schemas. */
export async function checkedRequest(
  url: string,
  method: Method,
  path: string,
  { body, headers = {} }: Sent = {},
): Promise<Checked> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    // Bytes have no type of their own.
    ...(body !== undefined && { body: Buffer.from(text) }),
  });
  const content = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true;
  const answer: Checked = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: content,
    body: json && content !== '' ? (JSON.parse(content) as unknown) : undefined,
  };
  checkAnswer(method, path, answer, new URL(url).host);
  return answer;
}
