/** `4652775` as `4,652,775`: the same everywhere, whatever the machine's locale is. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A share (0 to 1) as `87 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `1 job`, `2 jobs`, `1,659 edges`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** With so many digits that nothing that counts is lost: `0.8503`, `12.4`, `1,204`. */
export function brief(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000 || Number.isInteger(value)) return minus(grouped(value));
  return minus(Number(value.toPrecision(size >= 100 ? 4 : 3)).toString());
}

/** Thresholds and their like, which have four digits in KINC: none is rounded away. */
export function precise(value: number): string {
  return minus(String(Number(value.toFixed(6))));
}

/** With a real minus sign, which is as wide as a plus. */
export function minus(text: string): string {
  return text.replace(/^-/, '\u{2212}');
}

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in units of a thousand: `812 B`, `4.2 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[unit] ?? ''}`;
}

/**
 * Digits after the point that amounts of money up to `most` are written with, all of a table alike.
 */
export function moneyDigits(most: number): number {
  return most > 0 && most < 0.995 ? Math.min(8, 2 - Math.floor(Math.log10(most))) : 2;
}

/** An amount of money: `12.40 EUR`. */
export function moneyText(amount: number, digits: number, currency?: string): string {
  const text = amount.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return currency === undefined ? text : `${text} ${currency}`;
}
