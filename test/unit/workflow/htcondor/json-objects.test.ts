import { describe, expect, it } from 'vitest';

import { JsonObjectStream, type Piece } from '../../../../src/workflow/htcondor/json-objects.js';
import { fixture, objects } from '../fixture.js';

function read(chunks: readonly Uint8Array[]): { pieces: Piece[]; pending: string } {
  const pieces: Piece[] = [];
  const stream = new JsonObjectStream((piece) => pieces.push(piece));
  for (const chunk of chunks) stream.push(chunk);
  return { pieces, pending: stream.pending };
}

/** As HTCondor's EVENT_LOG writes objects: pretty-printed, one after the other. */
const PRETTY = Buffer.from(
  `${JSON.stringify({ a: 'brace } and \\" quote {', n: { x: [1, { y: 2 }] } }, undefined, 2)}\n` +
    `${JSON.stringify({ gene: 'gén 🧬' }, undefined, 2)}\n`,
);

describe('JsonObjectStream', () => {
  it('reads captured events, one a line', () => {
    const text = fixture('events-mixed.ndjson');
    const expected = text
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(objects(text)).toEqual(expected);
  });

  it('gives the same wherever the chunks are cut', () => {
    const whole = read([PRETTY]);
    expect(whole.pieces).toEqual([
      { ok: true, value: { a: 'brace } and \\" quote {', n: { x: [1, { y: 2 }] } } },
      { ok: true, value: { gene: 'gén 🧬' } },
    ]);
    for (let cut = 0; cut <= PRETTY.length; cut += 1) {
      expect(read([PRETTY.subarray(0, cut), PRETTY.subarray(cut)])).toEqual(whole);
    }
    expect(read([...PRETTY].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('keeps the part of an object that has come', () => {
    const { pieces, pending } = read([Buffer.from('{"a":1}\n{"b":')]);
    expect(pieces).toEqual([{ ok: true, value: { a: 1 } }]);
    expect(pending.trim()).toBe('{"b":');
  });

  it.each([
    ['breaks off in a string', '{"a": "unfini\n{"b":2}\n', 'breaks off before its end'],
    ['breaks off in an object', '{\n  "a": {\n    "x": 1,\n{\n  "b": 2\n}\n', 'breaks off before'],
    ['is not JSON', '{"a": nonsense}\n{"b":2}\n', 'is not JSON'],
    ['is something else', 'Segmentation fault\n{"b":2}\n', 'breaks off before its end'],
    ['has a brace too many', '}\n{"b":2}\n', 'is not JSON'],
  ])('reports what %s and finds the next object', (_, text, reason) => {
    const { pieces } = read([Buffer.from(text)]);
    expect(pieces).toEqual([
      {
        ok: false,
        reason: expect.stringContaining(reason) as string,
        text: expect.anything() as string,
      },
      { ok: true, value: { b: 2 } },
    ]);
  });

  it('gives up an object that never ends', () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const { pieces, pending } = read([Buffer.from('{"a":"'), chunk, chunk, chunk, chunk]);
    expect(pieces).toMatchObject([{ ok: false, reason: 'is too long for an event' }]);
    expect(pending).toBe('');
  });
});
