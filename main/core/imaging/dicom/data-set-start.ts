/** The VRs of PS3.5 section 6.2, by which an explicit VR data set is told from an implicit one. */
export const valueRepresentations: ReadonlySet<string> = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(
    ' ',
  ),
);

/** How a data set that begins without preamble is encoded. */
export interface DataSetStart {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  /** True where the file meta group (0002) comes first. */
  readonly meta: boolean;
}

/** First elements that a data set without preamble is believed to begin with: file meta or identification. */
const firstGroups = new Set([0x0002, 0x0008]);
const highestFirstElement = 0x1200;
const longestFirstValue = 1024;

/**
 * Guesses the encoding of a data set from its first element (tag, then VR or length; PS3.5 section 7.1), or
 * null where the bytes are no data set. Such files were written before preambles and are still about.
 */
export function dataSetStart(head: Uint8Array): DataSetStart | null {
  if (head.length < 16) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const bigEndian of [false, true]) {
    const group = view.getUint16(0, !bigEndian);
    const element = view.getUint16(2, !bigEndian);
    if (!firstGroups.has(group) || element > highestFirstElement) continue;
    const meta = group === 0x0002;
    const vr = String.fromCharCode(head[4] ?? 0, head[5] ?? 0);
    if (valueRepresentations.has(vr)) return { explicit: true, bigEndian, meta };
    if (view.getUint32(4, !bigEndian) <= longestFirstValue) return { explicit: false, bigEndian, meta };
  }
  return null;
}

export function looksLikeDataSet(head: Uint8Array): boolean {
  return dataSetStart(head) !== null;
}
