/** A piece of a file, or a mark with a number. */
export type Piece =
  | { readonly name: string; readonly text: string }
  | { readonly name: 'retried'; readonly seconds: number };

/** Takes apart what the commands of `commands.ts` print; chunks may be cut anywhere. */
export class PieceStream {
  readonly #onPiece: (piece: Piece) => void;
  #bytes: Uint8Array = new Uint8Array();

  constructor(onPiece: (piece: Piece) => void) {
    this.#onPiece = onPiece;
  }

  push(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const end = this.#bytes.indexOf(NEWLINE);
      if (end < 0) return;
      const head = /^@(\w+) (\d+)$/.exec(text(this.#bytes.subarray(0, end)));
      const [, name = '', number = '0'] = head ?? [];
      if (name === 'retried') {
        this.#onPiece({ name, seconds: Number(number) });
        this.#bytes = this.#bytes.subarray(end + 1);
        continue;
      }
      const next = end + 1 + Number(number);
      if (this.#bytes.length < next) return;
      if (head !== null) this.#onPiece({ name, text: text(this.#bytes.subarray(end + 1, next)) });
      this.#bytes = this.#bytes.subarray(next);
    }
  }
}

const NEWLINE = 10;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
