import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { describedFields } from '../../../../../main/core/imaging/described-identity.ts';
import { findOpenSlide } from '../../../../../main/core/imaging/slide/openslide/library.ts';
import { openSlideFields } from '../../../../../main/core/imaging/slide/openslide/open-with-openslide.ts';
import { slideEvidence } from '../../../../../main/core/imaging/slide/slide-evidence.ts';
import { judgeIdentity } from '../../../../../main/core/privacy/judge-identity.ts';
import { importing } from '../../../../support/importing.ts';
import { hasShared, shared } from '../../../../support/shared.ts';
import { buildTiff, pixelStart, tiledEntries, type TiffEntry } from '../../../../support/tiff-builder.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-slide-identity-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TILE = 64;
let seed = 0;

/** A pyramid of two levels, tiled and uncompressed, with these entries on its first and on its second page. */
function pyramid(first: readonly TiffEntry[], second: readonly TiffEntry[] = [], big = false): Buffer {
  seed += 1;
  const pixels = Buffer.alloc(TILE * TILE * 3, 40 + seed);
  const at = pixelStart({ big });
  const page = (size: number, entries: readonly TiffEntry[], reduced: number) =>
    tiledEntries(
      {
        width: size,
        height: size,
        tile: TILE,
        entries: [{ tag: 254, type: 4, values: [reduced] }, ...entries],
      },
      at,
    );
  return buildTiff([page(256, first, 0), page(128, second, 1)], pixels, { big });
}

const ascii = (tag: number, values: string): TiffEntry => ({ tag, type: 2, values });
const description = (text: string) => pyramid([ascii(270, text)]);

async function judged(bytes: Uint8Array): Promise<string[]> {
  const path = join(root, `${seed}-${Math.random()}.tif`);
  writeFileSync(path, bytes);
  const { findings } = judgeIdentity(await slideEvidence(path));
  return findings.map(({ code, verdict }) => `${code}:${verdict}`).toSorted();
}

/** As ScanScope writes it, with a place for what a laboratory may add. */
const aperio = (more: string) =>
  `Aperio Image Library v11.2.1 \r\n46000x32914 [42673,5576 2220x2967] (240x240) JPEG/RGB Q=30|AppMag = 20|` +
  `StripeWidth = 2040|ScanScope ID = CPAPERIOCS|Date = 12/29/09|Time = 09:59:15|Time Zone = GMT-05:00|` +
  `MPP = 0.4990|LineCameraSkew = -0.00042412|ImageID = 1004486|OriginalWidth = 46000${more}`;

const ome = (inside: string) =>
  `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"
    UUID="urn:uuid:12345678-1234-1234-1234-123456789012">${inside}<Image ID="Image:0" Name="multi-channel.ome.tif">
    <AcquisitionDate>2021-03-04T10:00:00</AcquisitionDate><Pixels ID="Pixels:0" DimensionOrder="XYCZT" SizeX="256"
    SizeY="256" SizeC="3" SizeZ="1" SizeT="1" Type="uint8" PhysicalSizeX="0.25"/></Image></OME>`;

describe('what scanners write of themselves is clear', () => {
  test.each([
    ['Aperio', aperio('|Filename = CMU-1|User = b414003d-95c6-48b0-9369-8010ed517ba7|Title = HE stain')],
    ['OME', ome('<Experimenter ID="Experimenter:0"/>')],
    ['Hamamatsu', 'Product=C9600-12\r\nNDP.S/N=950291\r\nccd.width=9346\r\nroi.barcode.macro=948,281,1253,682\r\nexposure=320'],
    ['ImageJ', 'ImageJ=1.53\nimages=15\nchannels=3\nslices=5\nunit=micron'],
    ['tifffile', '{"shape": [256, 256, 3]}'],
    ['Philips', `<DataObject ObjectType="DPUfsImport"><Attribute Name="DICOM_MANUFACTURER" PMSVR="IString">PHILIPS</Attribute>
      <Attribute Name="DICOM_ACQUISITION_DATETIME" PMSVR="IString">20210304101530.000000</Attribute>
      <Attribute Name="PIM_DP_IMAGE_DATA" PMSVR="IString">${'QUJDRA'.repeat(200)}</Attribute></DataObject>`],
  ])('%s', async (_, text) => expect(await judged(description(text))).toEqual([])); // prettier-ignore

  test('times, programs and devices in tags of their own', async () => {
    const tags = [ascii(305, 'NDP.scan 2.5.89'), ascii(306, '2017:02:07 13:06:43'), ascii(271, 'Hamamatsu')];
    expect(await judged(pyramid([...tags, ascii(269, 'C:\\temp\\grey10kx5k.tif')]))).toEqual([]);
  });
});

describe('names, numbers and dates of persons are found', () => {
  test.each([
    ['a patient in a field', aperio('|Patient Name = Anna Zwiebel'), ['patient-name:block']],
    ['a patient as a label says it', 'HE, 20x\nPatient: Zwiebel, Anna', ['patient-name:block']],
    ['a number', aperio('|MRN = 88231907'), ['patient-id:review']],
    ['a birth date', aperio('|DOB = 04/05/1961'), ['birth-date:block']],
    ['a case', aperio('|Case ID = S19-88123'), ['accession-number:review']],
    ['a barcode', '<scn xmlns="x"><barcode>UzE5LTg4MTIz</barcode></scn>', ['accession-number:review']],
    ['a file named after somebody', aperio('|Filename = Zwiebel, Anna'), ['title:review']],
    ['a user', aperio('|User = azwiebel'), ['physician:review']],
    ['an unknown field', aperio('|Memo = call Mrs. Zwiebel'), ['caption:review']],
    ['prose', 'biopsy of Mrs. Zwiebel', ['caption:review']],
    ['an experimenter', ome('<Experimenter FirstName="Anna" LastName="Zwiebel" Email="a@z.org"/>'), ['person:review']],
    ['an experimenter in elements', ome('<Experimenter><FirstName>Anna</FirstName></Experimenter>'), ['person:review']],
    ['a map annotation', ome('<M K="Patient Name">Anna Zwiebel</M>'), ['patient-name:block']],
    ['an operator', '<DataObject><Attribute Name="PIM_DP_SCANNER_OPERATOR_ID">Anna Zwiebel</Attribute></DataObject>', ['physician:review']],
    ['an attribute', '<iScan UserName="Anna Zwiebel" Barcode1D="S19-88123" Magnification="40"/>', ['accession-number:review', 'physician:review']],
    ['JSON', '{"stain": "HE", "patient": {"patientName": "Anna Zwiebel"}}', ['patient-name:block']],
  ])('%s', async (_, text, codes) => expect(await judged(description(text))).toEqual(codes)); // prettier-ignore

  test.each([
    ['Artist', 315, 'owner:review'],
    ['HostComputer', 316, 'owner:review'],
    ['DocumentName', 269, 'title:review'],
    ['PageName', 285, 'title:review'],
  ])('%s, on any page, in TIFF and BigTIFF', async (_, tag, code) => {
    expect(await judged(pyramid([ascii(tag, 'Anna Zwiebel')]))).toEqual([code]);
    expect(await judged(pyramid([], [ascii(tag, 'Anna Zwiebel')], true))).toEqual([code]);
  });

  test('in the description of a smaller copy, a label page or a directory below', async () => {
    expect(await judged(pyramid([], [ascii(270, 'label 387x463\nPatient: Zwiebel, Anna')]))).toEqual([
      'patient-name:block',
    ]);
    const whole = pyramid([ascii(270, 'HE')]);
    const below = pyramid([ascii(270, 'Patient: Zwiebel, Anna')]);
    // The entry of the first directory's SubIFDs leads to one that lies behind the file.
    const sub = Buffer.concat([
      Buffer.of(1, 0, 270 & 255, 270 >> 8, 2, 0, 11, 0, 0, 0),
      Buffer.alloc(4),
      Buffer.alloc(4),
      Buffer.from('MRN 882319\0'),
    ]);
    const seen = pyramid([ascii(270, 'HE'), { tag: 330, type: 13, values: [whole.length + below.length] }]);
    const padded = Buffer.concat([seen, Buffer.alloc(whole.length + below.length - seen.length), sub]);
    sub.writeUInt32LE(padded.length - 11, 10);
    padded.set(sub, whole.length + below.length);
    expect(await judged(padded)).toEqual(['caption:review']);
  });

  test('what is longer than a description can be is not taken for read', async () => {
    const long = description(aperio(`|Notes of the lab = ${'well done '.repeat(500_000)}`));
    expect(await judged(long)).toContain('unread-text:review');
  });
});

describe('an import', () => {
  const { archive, run } = importing();

  test('holds a slide that names a patient, and nothing of the name is kept anywhere', async () => {
    const place = join(root, 'import');
    mkdirSync(place);
    writeFileSync(join(place, 'named.tif'), description(aperio('|Patient Name = Anna Zwiebel')));
    writeFileSync(join(place, 'clear.tif'), description(aperio('|Filename = CMU-1')));
    const a = archive();
    const { counts } = await run(a, [place]);
    expect(counts).toMatchObject({ seen: 2, added: 1, quarantined: 1, failed: 0 });
    const held = a.quarantine.list({ code: null, verdict: null, offset: 0, limit: 10 });
    expect(held).toMatchObject([
      { path: 'named.tif', verdict: 'block', findings: [{ code: 'patient-name' }] },
    ]);
    a.close();
    for (const entry of readdirSync(a.folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), 'latin1')).not.toMatch(/zwiebel/i);
  });
});

describe.skipIf(!hasShared)('of the public slides', () => {
  const files = hasShared
    ? readdirSync(shared('data/slides'), { recursive: true, withFileTypes: true })
        .filter((entry) => /\.(svs|tiff?|ndpi)$/.test(entry.name) && !entry.parentPath.includes('traps'))
        .map((entry) => join(entry.parentPath, entry.name))
    : [];
  test('none is held', async () => {
    expect(files.length).toBeGreaterThan(15);
    for (const path of files)
      expect([path, judgeIdentity(await slideEvidence(path)).findings]).toEqual([path, []]);
  });

  test('what nothing here reads is told as such, not held', async () => {
    process.env['VITRINE_OPENSLIDE'] = 'none';
    try {
      const ndpi = slideEvidence(shared('data/slides/test3-DAPI-2-(387).ndpi'));
      await expect(ndpi).rejects.toMatchObject({ code: 'slide.needs-openslide' });
    } finally {
      delete process.env['VITRINE_OPENSLIDE'];
    }
  });

  test('the comments of a converted slide are the scanner’s, its institution is one', async () => {
    const { findings } = judgeIdentity(
      await slideEvidence(shared('data/slides/openslide-fixtures/boxes_0.dcm')),
    );
    expect(findings).toEqual([{ code: 'institution', verdict: 'review' }]);
  });
});

const library = await findOpenSlide();
test.skipIf(!library)('properties that libopenslide lists are judged as fields', async () => {
  const path = join(root, 'listed.svs');
  writeFileSync(path, description(aperio('|Patient Name = Anna Zwiebel|Filename = 7')));
  const fields = library && (await openSlideFields(path, library));
  expect(fields?.filter(({ field }) => field === 'patientName')).toContainEqual({
    field: 'patientName',
    value: 'Anna Zwiebel',
  });
  expect(existsSync(path)).toBe(true);
});

test('megabytes of damaged XML, or of lists within lists, are read at once', () => {
  const before = performance.now();
  const many = 1_000_000;
  const name = [{ field: 'patientName', value: 'Anna Zwiebel' }];
  const element = '<PatientName>Anna Zwiebel</PatientName>';
  expect(describedFields(`${element}<${'a'.repeat(many)}`)[0]).toEqual(name[0]);
  expect(describedFields(`${element}<b ${'a'.repeat(many)}>`)).toEqual(name);
  const nested = `${'['.repeat(many)}"Anna Zwiebel"${']'.repeat(many)}`;
  expect(describedFields(`{"PatientName":${nested}}`)).toEqual(name);
  expect(performance.now() - before).toBeLessThan(5000);
});

test('fields of JSON keep their order and their names', () => {
  const caption = { field: 'caption', value: 'lung | pale' };
  const found = [{ field: 'patientName', value: 'Anna' }, { field: 'patientId', value: '12' }, caption];
  expect(describedFields('{"organ":"lung","a":[{"PatientName":"Anna"},{"MRN":12}],"stain":"pale"}')).toEqual(
    found,
  );
});
