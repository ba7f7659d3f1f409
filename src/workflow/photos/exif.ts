/**
 * When a photo was taken by its EXIF data: `DateTimeOriginal`, as `YYYY:MM:DD HH:MM:SS`. Undefined
 * where there is none, or the data makes no sense.
 * Source: Exif 2.32 (JEITA CP-3451E), 4.6 and 4.7: an APP1 segment with a TIFF file in it.
 * @param head the beginning of a JPEG file; 128 kB have its EXIF data, which is one segment
 */
export function dateTimeOriginal(head: Buffer): string | undefined {
  try {
    const tiff = exifOf(head);
    if (tiff === undefined) return undefined;
    const reader = new Tiff(tiff);
    const pointer = reader.entry(reader.firstDirectory(), EXIF_DIRECTORY);
    const field = pointer && reader.entry(reader.long(pointer.value), DATE_TIME_ORIGINAL);
    return field && reader.text(field);
  } catch (error) {
    // Offsets that point beyond the end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const EXIF_DIRECTORY = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const SIGNATURE = 'Exif\0\0';

/** The TIFF file in the segment of the EXIF data. */
function exifOf(jpeg: Buffer): Buffer | undefined {
  if (jpeg.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff;) {
    const marker = jpeg[at + 1];
    if (marker === START_OF_SCAN) return undefined;
    const length = jpeg.readUInt16BE(at + 2);
    const segment = jpeg.subarray(at + 4, at + 2 + length);
    if (marker === APP1 && segment.toString('latin1', 0, 6) === SIGNATURE) {
      return segment.subarray(6);
    }
    at += 2 + length;
  }
  return undefined;
}

interface Entry {
  /** Values, not bytes. */
  readonly count: number;
  /** Offset of the four bytes that hold the value, or where it is. */
  readonly value: number;
}

class Tiff {
  readonly #data: Buffer;
  readonly #little: boolean;

  constructor(data: Buffer) {
    this.#data = data;
    this.#little = data.toString('latin1', 0, 2) === 'II';
  }

  firstDirectory(): number {
    return this.long(4);
  }

  entry(directory: number, tag: number): Entry | undefined {
    const count = this.#short(directory);
    for (let index = 0; index < count; index += 1) {
      const at = directory + 2 + 12 * index;
      if (this.#short(at) === tag) return { count: this.long(at + 4), value: at + 8 };
    }
    return undefined;
  }

  /** An ASCII value, which ends with a zero byte. */
  text({ count, value }: Entry): string {
    const from = count > 4 ? this.long(value) : value;
    return this.#data.toString('latin1', from, from + count).replace(/\0.*$/s, '');
  }

  long(at: number): number {
    return this.#little ? this.#data.readUInt32LE(at) : this.#data.readUInt32BE(at);
  }

  #short(at: number): number {
    return this.#little ? this.#data.readUInt16LE(at) : this.#data.readUInt16BE(at);
  }
}
