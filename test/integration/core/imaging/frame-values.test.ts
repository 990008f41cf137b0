import { expect, test } from 'vitest';

import { frameValues, type GreyFrame } from '../../../../main/core/imaging/dicom/frame-values.ts';
import { openDicom } from '../../../../main/core/imaging/dicom/open-dicom.ts';
import { buildDicom, textElement, type DicomRecipe } from '../../../support/dicom-builder.ts';
import { hasShared, shared } from '../../../support/shared.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
let written = 0;
const open = (recipe: Partial<DicomRecipe>) =>
  openDicom(file(`f${written++}`, buildDicom({ columns: 3, rows: 1, pixels: [0, 100, 200], ...recipe })));

async function grey(recipe: Partial<DicomRecipe>): Promise<GreyFrame & { bytes: Uint8Array }> {
  const values = await frameValues(await open(recipe), 0);
  if (values.is !== 'grey') throw new Error('not grey');
  return values;
}

const rescale = [textElement(0x00281052, 'DS', '-1024'), textElement(0x00281053, 'DS', '2')];

test('stored values go as they are, with their rescale and the windows to choose from', async () => {
  const frame = await grey({ modality: 'CT', elements: [...rescale, textElement(0x00180015, 'CS', 'LUNG')] });
  expect(new Uint16Array(frame.bytes.slice().buffer)).toEqual(Uint16Array.of(0, 100, 200));
  expect(frame).toMatchObject({
    format: 'uint16',
    slope: 2,
    intercept: -1024,
    stored: true,
    unit: 'HU',
    inverted: false,
    padding: null,
    window: { name: 'lung', center: -600, width: 1500, shape: 'linear' },
  });
  expect(frame.windows.map(({ name }) => name)).toEqual([
    'soft-tissue', 'lung', 'mediastinum', 'abdomen', 'bone', 'brain', 'percentile-1-99', 'full-range',
  ]); // prettier-ignore
});

test('behind a modality LUT the values are of the modality, and say so', async () => {
  const lut = {
    tag: 0x00283000,
    vr: 'SQ',
    value: [
      [
        { tag: 0x00283002, vr: 'US', value: [256, 0, 16] },
        { tag: 0x00283006, vr: 'US', value: Array.from({ length: 256 }, (_, at) => at * 10) },
      ],
    ],
  } as const;
  const frame = await grey({ elements: [lut] });
  expect(frame).toMatchObject({ format: 'float32', stored: false, slope: 1, intercept: 0 });
  expect([...new Float32Array(frame.bytes.slice().buffer)]).toEqual([0, 1000, 2000]);
});

test('what a name of a window says is shown only in common words', async () => {
  const windows = [
    textElement(0x00281050, 'DS', '50\\60'),
    textElement(0x00281051, 'DS', '100\\200'),
    textElement(0x00281055, 'LO', 'BONE\\ZWIEBEL'),
  ];
  const frame = await grey({ modality: 'MR', elements: windows });
  expect(frame.windows.slice(0, 2)).toMatchObject([
    { name: 'file', center: 50, width: 100, explanation: 'BONE' },
    { name: 'file-2', center: 60, width: 200, explanation: '' },
  ]);
});

test('colour goes as RGB', async () => {
  const values = await frameValues(
    await open({
      columns: 1,
      samples: 3,
      bitsAllocated: 8,
      photometric: 'YBR_FULL',
      pixels: [128, 128, 128],
    }),
    0,
  );
  expect(values).toMatchObject({ is: 'colour', format: 'rgb8' });
  expect([...values.bytes]).toEqual([128, 128, 128]);
});

/** The renderer's code is checked in a project of its own, which this one does not list. */
const viewerCode = '../../../../renderer/features/dicom/grey-window.ts';
interface ViewerCode {
  paintGrey(
    out: Uint32Array,
    values: ArrayLike<number>,
    frame: object,
    window: object,
    flipped: boolean,
  ): void;
}

/** The viewer's greys from these values are the picture the model's view is made of. */
test
  .skipIf(!hasShared)
  .each([
    'modalities/CR-MONO1-10-chest',
    'chest-ct/CT_JPEG70.dcm',
    'matrix/emri_small.dcm',
    'lut/mlut_18.dcm',
    'lut/vlut_04.dcm',
    'float/parametric_map_float.dcm',
    'matrix/MultiframeWindowing.dcm',
    'modalities/GH610.dcm',
  ])('%s: the viewer shows what the core renders', async (name) => {
  const dicom = await openDicom(shared('data', 'dicom', name));
  const frame = await frameValues(dicom, 0);
  if (frame.is !== 'grey') throw new Error('not grey');
  const arrays = {
    uint8: Uint8Array,
    int8: Int8Array,
    uint16: Uint16Array,
    int16: Int16Array,
    float32: Float32Array,
  };
  const values = new arrays[frame.format](frame.bytes.slice().buffer);
  const words = new Uint32Array(values.length);
  const { paintGrey } = (await import(viewerCode)) as ViewerCode;
  paintGrey(words, values, frame, frame.window, false);
  const { data } = await dicom.picture(0, 'auto');
  let largest = 0;
  words.forEach((word, at) => (largest = Math.max(largest, Math.abs((word & 0xff) - (data[at * 3] ?? 0)))));
  expect(largest).toBeLessThanOrEqual(1);
});
