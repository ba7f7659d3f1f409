import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { CrossflockError } from '../../errors/crossflock-error.js';
import { whyUnreadable } from '../../util/why-unreadable.js';
import { GemLinter } from './lint.js';
import { type GemReport, type GemUse, pairsOf } from './types.js';

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Reads a GEM from a file, plain or gzip (told by its first bytes, not by its name), and checks all
 * of it. Memory stays at one line, the gene names and a count for each sample, however large the
 * file is.
 * @throws CrossflockError `invalid-input` when the file cannot be opened; `aborted`
 */
export async function readGem(path: string, use: GemUse, signal: AbortSignal): Promise<GemReport> {
  const compressed = await isGzip(path);
  const linter = new GemLinter(Buffer.from(use.naValue), use);
  const hash = createHash('sha256');
  let bytes = 0;
  const consume = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      bytes += chunk.length;
      hash.update(chunk);
      linter.push(chunk);
      if (linter.stopped) return;
    }
  };
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    if (compressed) {
      await pipeline(source, createGunzip({ chunkSize: 1 << 18 }), consume, { signal });
    } else {
      await pipeline(source, consume, { signal });
    }
  } catch (error) {
    return judgeFailure(error, path, linter.stopped);
  }
  const { genes, samples, missing, profile, ...found } = linter.end();
  if (found.errors > 0) return { ok: false, ...found };
  const sha256 = hash.digest('hex');
  const facts = { genes, samples, pairs: pairsOf(genes), missing, bytes, sha256, compressed };
  return { ok: true, facts, profile, ...found };
}

/** A damaged gzip file is bad input; anything else that stops the reading is thrown. */
function judgeFailure(error: unknown, path: string, stopped: boolean): GemReport {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_') && !stopped) {
    const truncated = code === 'Z_BUF_ERROR';
    const problem = {
      severity: 'error',
      path,
      message: truncated
        ? 'ends in the middle: this gzip file is truncated'
        : `is damaged: ${(error as Error).message}`,
      fix: 'copy or download the file again',
    } as const;
    return { ok: false, problems: [problem], errors: 1, warnings: 0 };
  }
  if (code === 'ABORT_ERR') {
    throw new CrossflockError('interrupted', { code: 'aborted', cause: error });
  }
  throw unreadable(path, error);
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const start = Buffer.alloc(GZIP_MAGIC.length);
      await file.read(start, 0, start.length, 0);
      return GZIP_MAGIC.every((byte, index) => start[index] === byte);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): CrossflockError {
  return new CrossflockError(`the gene expression matrix ${path} ${whyUnreadable(cause)}`, {
    code: 'invalid-input',
    hint: 'give the path of a tab-separated text file, plain or gzip',
    cause,
  });
}
