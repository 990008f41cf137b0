const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `48210` as `48,210`. */
export const count = (value: number): string => whole.format(value);

/** `1 item`, `2 items`, `48,210 items`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Share of one, 0 to 1, as `61 %`. */
export const percent = (share: number): string => `${Math.floor(share * 100)} %`;

/** A signed number with one decimal, with a real minus: `+6.2`, `−0.4`. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return value < 0 && text !== '0.0' ? `−${text}` : `+${text}`;
}

/** With a real minus, and none before a zero: `0.8`, `−0.4`, `0.0`. */
export const decimal = (value: number, digits: number): string =>
  value
    .toFixed(digits)
    .replace(/^-(?=.*[1-9])/, '−')
    .replace(/^-/, '');

/** A cosine: `0.812`, `−0.023`. */
export const cosine = (value: number): string => decimal(value, 3);

/** A value with its interval, with real minus signs: `0.05 (−0.04 to 0.14)`. */
export function spread(one: { value: number; low: number; high: number }, digits: number): string {
  const [value, low, high] = [one.value, one.low, one.high].map((part) => decimal(part, digits));
  return `${value} (${low} to ${high})`;
}

/** Bytes in steps of 1,000, as file managers show them: `784 MB`. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let unit = 0;
  let value = size;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? 'B'}`;
}

/** Seconds as `4 s`, `14 min`, `3 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** A moment as `14:19` on the same day, else as `12 Aug 2026, 14:19`. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (at.toDateString() === now.toDateString()) return time;
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day}, ${time}`;
}

/** The last part of a path with either separator. */
export const baseName = (path: string): string => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;

/** `folder` and `name` joined with the separator that `folder` uses. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}
