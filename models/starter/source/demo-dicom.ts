import type { GeneratedCase } from './generate/case.ts';
import { dicomFile, type Element } from './write-dicom.ts';

const SOP_CLASS = {
  ct: '1.2.840.10008.5.1.4.1.1.2',
  radiograph: '1.2.840.10008.5.1.4.1.1.1',
  frames: '1.2.840.10008.5.1.4.1.1.7.3',
} as const;

export interface DicomChoice {
  /** Number of the made-up patient; also the root of all UIDs of the file. */
  readonly patient: number;
  /** Stores a radiograph with black as the highest value. */
  readonly inverted: boolean;
}

const BODY_PART: Readonly<Record<string, string>> = {
  chest: 'CHEST',
  abdomen: 'ABDOMEN',
  head: 'HEAD',
  bone: 'EXTREMITY',
};
const HIGHEST = 4095;

/**
 * Generated grey pictures as a DICOM file: 12 bits of 16. CT slices hold Hounsfield units + 1024 with the rescale
 * intercept to match, radiographs the brightness times four. Several cases become the frames of one file.
 */
export function demoDicom(
  cases: readonly [GeneratedCase, ...GeneratedCase[]],
  { patient, inverted }: DicomChoice,
): Buffer {
  const [{ scene, sizePx, attributes }] = cases;
  if (scene.kind !== 'grey') throw new RangeError('only grey pictures become DICOM files here');
  const ct = attributes['modality'] === 'ct';
  const [scale, offset] = ct ? [1, 1024] : [4, 0];
  const stored = (value: number): number => {
    const whole = Math.max(0, Math.min(HIGHEST, Math.round(value * scale + offset)));
    return inverted ? HIGHEST - whole : whole;
  };
  const pixels = Buffer.alloc(cases.length * sizePx * sizePx * 2);
  cases.forEach(({ scene: frame }, index) => {
    if (frame.kind !== 'grey') return;
    frame.values.forEach((value, at) =>
      pixels.writeUInt16LE(stored(value), (index * sizePx * sizePx + at) * 2),
    );
  });

  const windows = scene.windows.map(({ name, centre, width }) => {
    const middle = ct ? centre : inverted ? HIGHEST - centre * scale : centre * scale;
    return { name, centre: String(Math.round(middle)), width: String(Math.round(width * scale)) };
  });
  const uid = (part: number): string => `2.25.${74651203381}${String(patient).padStart(3, '0')}${part}`;
  const several = cases.length > 1;
  const spacing = String(Math.round(((ct ? 380 : 400) / sizePx) * 1000) / 1000);
  const onlyIf = (condition: boolean, ...elements: Element[]): Element[] => (condition ? elements : []);
  return dicomFile([
    [0x0008, 0x0008, 'CS', ct && !several ? 'DERIVED\\PRIMARY\\AXIAL' : 'DERIVED\\PRIMARY'],
    [0x0008, 0x0016, 'UI', several ? SOP_CLASS.frames : ct ? SOP_CLASS.ct : SOP_CLASS.radiograph],
    [0x0008, 0x0018, 'UI', uid(3)],
    [0x0008, 0x0020, 'DA', ''],
    [0x0008, 0x0030, 'TM', ''],
    [0x0008, 0x0050, 'SH', ''],
    [0x0008, 0x0060, 'CS', ct ? 'CT' : 'CR'],
    ...onlyIf(several, [0x0008, 0x0064, 'CS', 'SYN']),
    [0x0008, 0x0070, 'LO', 'Vitrine generator'],
    [0x0008, 0x0090, 'PN', ''],
    [0x0010, 0x0010, 'PN', ''],
    [0x0010, 0x0020, 'LO', `DEMO-${String(patient).padStart(2, '0')}`],
    [0x0010, 0x0030, 'DA', ''],
    [0x0010, 0x0040, 'CS', ''],
    [0x0012, 0x0062, 'CS', 'YES'],
    [0x0012, 0x0063, 'LO', 'GENERATED PICTURE, NO PATIENT'],
    [0x0018, 0x0015, 'CS', BODY_PART[attributes['site'] ?? ''] ?? ''],
    ...onlyIf(ct, [0x0018, 0x0050, 'DS', '5']),
    ...onlyIf(attributes['view'] === 'frontal', [0x0018, 0x5101, 'CS', 'PA']),
    [0x0020, 0x000d, 'UI', uid(1)],
    [0x0020, 0x000e, 'UI', uid(2)],
    [0x0020, 0x0010, 'SH', String(patient)],
    [0x0020, 0x0011, 'IS', '1'],
    [0x0020, 0x0013, 'IS', '1'],
    ...onlyIf(
      ct && !several,
      [0x0020, 0x0032, 'DS', '-190\\-190\\0'],
      [0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'],
      [0x0020, 0x0052, 'UI', uid(4)],
    ),
    [0x0028, 0x0002, 'US', 1],
    [0x0028, 0x0004, 'CS', inverted ? 'MONOCHROME1' : 'MONOCHROME2'],
    ...onlyIf(several, [0x0028, 0x0008, 'IS', String(cases.length)]),
    [0x0028, 0x0010, 'US', sizePx],
    [0x0028, 0x0011, 'US', sizePx],
    [0x0028, 0x0030, 'DS', `${spacing}\\${spacing}`],
    [0x0028, 0x0100, 'US', 16],
    [0x0028, 0x0101, 'US', 12],
    [0x0028, 0x0102, 'US', 11],
    [0x0028, 0x0103, 'US', 0],
    [0x0028, 0x0301, 'CS', 'NO'],
    [0x0028, 0x1050, 'DS', windows.map(({ centre }) => centre).join('\\')],
    [0x0028, 0x1051, 'DS', windows.map(({ width }) => width).join('\\')],
    ...onlyIf(ct, [0x0028, 0x1052, 'DS', '-1024'], [0x0028, 0x1053, 'DS', '1'], [0x0028, 0x1054, 'LO', 'HU']),
    [0x0028, 0x1055, 'LO', windows.map(({ name }) => name).join('\\')],
    [0x7fe0, 0x0010, 'OW', pixels],
  ]);
}
