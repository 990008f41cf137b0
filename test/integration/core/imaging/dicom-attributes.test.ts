import { expect, test } from 'vitest';

import { openFile } from '../../../../main/core/imaging/open-file.ts';
import { inspectFile } from '../../../../main/core/imaging/inspect.ts';
import { judgeIdentity } from '../../../../main/core/privacy/judge-identity.ts';
import { faultOf } from '../../../../preload/contract/faults.ts';
import {
  buildDicom,
  textElement,
  type DicomElement,
  type DicomRecipe,
} from '../../../support/dicom-builder.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
let written = 0;
const open = (recipe: Partial<DicomRecipe>) =>
  openFile(file(`attributes-${written++}`, buildDicom({ columns: 2, rows: 1, pixels: [1, 2], ...recipe })));
const valueOf = async (name: string, elements: DicomElement[], recipe: Partial<DicomRecipe> = {}) =>
  (await open({ ...recipe, elements })).attributes.find((attribute) => attribute.name === name);

test('the allow-listed attributes, with their units', async () => {
  const elements = [
    textElement(0x00080070, 'LO', 'SIEMENS'),
    textElement(0x00081090, 'LO', 'SOMATOM Definition AS+'),
    textElement(0x00180015, 'CS', 'CHEST'),
    textElement(0x00180060, 'DS', '120'),
    textElement(0x00180050, 'DS', '2.5'),
    textElement(0x00280030, 'DS', '0.7\\0.8'),
    textElement(0x00100040, 'CS', 'F'),
    textElement(0x00101010, 'AS', '047Y'),
    textElement(0x00080020, 'DA', '20190305'),
  ];
  const { attributes } = await open({ modality: 'CT', elements });
  expect(Object.fromEntries(attributes.map(({ name, ...value }) => [name, value]))).toEqual({
    modality: { text: 'CT' },
    bodyPart: { text: 'CHEST' },
    manufacturer: { text: 'SIEMENS' },
    manufacturerModel: { text: 'SOMATOM Definition AS+' },
    kVp: { number: 120, unit: 'kV' },
    sliceThickness: { number: 2.5, unit: 'mm' },
    pixelSpacingX: { number: 0.8, unit: 'mm' },
    pixelSpacingY: { number: 0.7, unit: 'mm' },
    sex: { text: 'F' },
    ageBand: { text: '45-49', number: 45, unit: 'years' },
    studyYear: { number: 2019 },
    photometric: { text: 'MONOCHROME2' },
    transferSyntax: { text: 'Explicit VR Little Endian' },
    bitsStored: { number: 16 },
  });
});

test.each([
  ['092Y', '90+'],
  ['018M', '0-4'],
  ['089Y', '85-89'],
  ['000Y', undefined],
  ['old', undefined],
])('age %s becomes %s', async (age, band) => {
  expect((await valueOf('ageBand', [textElement(0x00101010, 'AS', age)]))?.text).toBe(band);
});

test('without an age, birth and study date give it', async () => {
  const dates = (born: string) => [
    textElement(0x00100030, 'DA', born),
    textElement(0x00080020, 'DA', '20200110'),
  ];
  expect((await valueOf('ageBand', dates('19800111')))?.text).toBe('35-39');
  expect((await valueOf('ageBand', dates('19800110')))?.text).toBe('40-44');
  expect(await valueOf('ageBand', dates('19000101'))).toBeUndefined();
});

test('identifiers are handed over raw, apart from the attributes', async () => {
  const opened = await open({
    patientId: 'PID-77',
    studyUid: '1.2.3',
    seriesUid: '1.2.4',
    sopInstanceUid: '1.2.5',
  });
  expect(opened.identifiers).toEqual({
    patientId: 'PID-77',
    studyUid: '1.2.3',
    seriesUid: '1.2.4',
    sopInstanceUid: '1.2.5',
  });
});

const MARKER = 'Zwiebelmarker';

/** Every text VR with the marker in it, in the elements that the reader looks at and in many that it does not. */
const everywhere: DicomElement[] = [
  [0x00080005, 'CS'], [0x00080008, 'CS'], [0x00080020, 'DA'], [0x00080050, 'SH'], [0x00080060, 'CS'], [0x00080070, 'LO'],
  [0x00080080, 'LO'], [0x00080090, 'PN'], [0x00081030, 'LO'], [0x0008103e, 'LO'], [0x00081070, 'PN'], [0x00081090, 'LO'],
  [0x00100010, 'PN'], [0x00100030, 'DA'], [0x00100040, 'CS'], [0x00101010, 'AS'], [0x00104000, 'LT'], [0x00180015, 'CS'],
  [0x00180060, 'DS'], [0x00185101, 'CS'], [0x00200060, 'CS'], [0x00200062, 'CS'], [0x00204000, 'LT'], [0x00281054, 'LO'],
  [0x00281055, 'LO'], [0x00281056, 'CS'], [0x00324000, 'LT'], [0x20500020, 'CS'],
].map(([tag, vr]) => textElement(Number(tag), String(vr), MARKER)); // prettier-ignore

test('a name in every text element reaches neither attributes, notes, inspection nor faults', async () => {
  const elements = [...everywhere, textElement(0x00281050, 'DS', '1'), textElement(0x00281051, 'DS', '2')];
  const recipe = { columns: 2, rows: 1, pixels: [1, 2], elements };
  const path = file('marked', buildDicom(recipe));
  const { attributes, evidence, notes, picture } = await openFile(path);
  const { window, notes: pictureNotes } = await picture();
  const seen = JSON.stringify([
    attributes,
    judgeIdentity(evidence),
    notes,
    window,
    pictureNotes,
    await inspectFile(path),
  ]);
  expect(seen.toUpperCase()).not.toContain(MARKER.toUpperCase());

  const bad = [
    { ...recipe, photometric: MARKER },
    { ...recipe, transferSyntaxUid: MARKER },
    { ...recipe, sopClassUid: MARKER, without: [0x00280010] },
  ];
  for (const [index, broken] of bad.entries()) {
    const { pixels, ...rest } = broken;
    const bytes = buildDicom(index === 2 ? { ...rest, columns: 2, rows: 1 } : { ...rest, pixels });
    const answer = await inspectFile(file(`marked-${index}`, bytes)).catch(faultOf);
    expect(answer).not.toMatchObject({ code: 'internal' });
    expect(JSON.stringify(answer)).not.toContain(MARKER);
  }
});

test.each([
  ['manufacturer', 0x00080070, 'G.E. Medical Systems', true],
  ['manufacturer', 0x00080070, 'ALOKA CO., LTD.', true],
  ['manufacturer', 0x00080070, 'Jane Medical', false],
  ['manufacturerModel', 0x00081090, 'LightSpeed VCT', true],
  ['manufacturerModel', 0x00081090, 'ADC_5146', true],
  ['manufacturerModel', 0x00081090, 'Doe^Jane', false],
  ['manufacturerModel', 0x00081090, 'Jane 7', false],
  ['manufacturerModel', 0x00081090, '19770204', false],
  ['bodyPart', 0x00180015, 'KNEE', true],
  ['bodyPart', 0x00180015, 'KNEE OF JANE', false],
  ['view', 0x00185101, 'MLO', true],
  ['view', 0x00185101, 'JANE', false],
])('%s: only words of its vocabulary are kept (%s, %s: %s)', async (name, tag, value, kept) => {
  const found = await valueOf(name, [textElement(tag, 'LO', value)]);
  expect(found?.text).toBe(kept ? value : undefined);
});
