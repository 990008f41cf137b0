const units = [
  [10_000, 'cm'],
  [1000, 'mm'],
  [1, 'µm'],
] as const;

/** A round length that is at most `mostPx` wide at `umPerPx`: 1, 2 or 5 times a power of ten. */
export function scaleBar(umPerPx: number, mostPx: number): { readonly px: number; readonly text: string } {
  const most = umPerPx * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((factor) => factor * power).find((one) => one <= most) ?? power;
  return { px: length / umPerPx, text: lengthText(length) };
}

/** `350 µm`, `1.2 mm`, `3.5 cm`: two digits. */
export function lengthText(um: number): string {
  const [size, unit] = units.find(([least]) => um >= least) ?? [1, 'µm'];
  return `${Number((um / size).toPrecision(2))} ${unit}`;
}
