/** One DICOM element, explicit VR. Text is padded as its VR asks; numbers are 16-bit unsigned (US) or 32-bit (UL). */
export type Element = readonly [
  group: number,
  element: number,
  vr: string,
  value: string | number | Uint8Array,
];

const LONG_LENGTH = new Set(['OB', 'OW', 'UN']);

function valueBytes(vr: string, value: string | number | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(vr === 'UL' ? 4 : 2);
    if (vr === 'UL') bytes.writeUInt32LE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }
  const padding = value.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ';
  return Buffer.from(value + padding, 'latin1');
}

function elementBytes([group, element, vr, value]: Element): Buffer {
  const bytes = valueBytes(vr, value);
  const long = LONG_LENGTH.has(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(element, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

/**
 * A DICOM file in explicit VR little endian, uncompressed.
 *
 * @param elements - the data set, in the order of their tags, SOP Class and SOP Instance UID among them.
 * @see DICOM PS3.10, 7.1 (file meta information) and PS3.5, 7.1.2 (explicit VR)
 */
export function dicomFile(elements: readonly Element[]): Buffer {
  const find = (element: number): string =>
    String(elements.find(([group, at]) => group === 0x0008 && at === element)?.[3] ?? '');
  const meta = [
    [0x0002, 0x0001, 'OB', Uint8Array.of(0, 1)],
    [0x0002, 0x0002, 'UI', find(0x0016)],
    [0x0002, 0x0003, 'UI', find(0x0018)],
    [0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'],
    [0x0002, 0x0012, 'UI', '2.25.74651203381'],
    [0x0002, 0x0013, 'SH', 'VITRINE_DEMO'],
  ] as const satisfies readonly Element[];
  const metaBytes = Buffer.concat(meta.map(elementBytes));
  const length = elementBytes([0x0002, 0x0000, 'UL', metaBytes.length]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    length,
    metaBytes,
    ...elements.map(elementBytes),
  ]);
}
