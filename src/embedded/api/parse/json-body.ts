/** JSON text to a value, with Marathon's two kinds of 400. */
import { ApiError } from '../errors.js';

/**
 * @param text the body as it came; the content type has been checked before
 * @throws ApiError 400 for an empty body and for text that is not JSON
 */
export function parseJsonBody(text: unknown): unknown {
  if (typeof text !== 'string' || text.trim() === '') {
    throw new ApiError(400, 'Please specify data in JSON format', {
      details:
        'No content to map due to end-of-input\n at [Source: (String)""; line: 1, column: 0]',
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ApiError(400, 'Invalid JSON', {
      details: error instanceof Error ? error.message : 'not JSON',
    });
  }
}
