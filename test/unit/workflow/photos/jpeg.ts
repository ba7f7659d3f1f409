interface JpegParts {
  readonly order?: 'II' | 'MM';
  readonly date?: string;
}

/** A JPEG file without a picture, with a date in its EXIF data or without EXIF data. */
export function jpegOf({ order, date = '' }: JpegParts): Buffer {
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]);
  const end = Buffer.from([0xff, 0xda, 0, 2, 0xff, 0xd9]);
  if (order === undefined) return Buffer.concat([start, end]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff(order, date)]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(exif.length + 2);
  return Buffer.concat([start, Buffer.from([0xff, 0xe1]), length, exif, end]);
}

/** A directory that points to the EXIF directory, which has the date behind it. */
function tiff(order: 'II' | 'MM', date: string): Buffer {
  const data = Buffer.alloc(44 + date.length + 1);
  const little = order === 'II';
  const short = (value: number, at: number): number =>
    little ? data.writeUInt16LE(value, at) : data.writeUInt16BE(value, at);
  const long = (value: number, at: number): number =>
    little ? data.writeUInt32LE(value, at) : data.writeUInt32BE(value, at);
  data.write(order, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  const field = (
    at: number,
    [tag, type, count, value]: readonly [number, number, number, number],
  ) => {
    short(1, at);
    short(tag, at + 2);
    short(type, at + 4);
    long(count, at + 6);
    long(value, at + 10);
  };
  field(8, [0x8769, 4, 1, 26]);
  field(26, [0x9003, 2, date.length + 1, 44]);
  data.write(date, 44, 'latin1');
  return data;
}
