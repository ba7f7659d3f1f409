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
  if (size >= 1000 || Number.isInteger(value)) return grouped(value);
  return Number(value.toPrecision(size >= 100 ? 4 : 3)).toString();
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

/** An amount of money: `12.40 EUR`; small ones with more digits, `0.0021`. */
export function moneyText(amount: number, currency?: string): string {
  const digits = amount === 0 || amount >= 0.995 ? 2 : 2 - Math.floor(Math.log10(amount));
  const text = amount.toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.min(8, Math.max(2, digits)),
  });
  return currency === undefined ? text : `${text} ${currency}`;
}
