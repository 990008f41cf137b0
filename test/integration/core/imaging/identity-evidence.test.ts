import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { openFile } from '../../../../main/core/imaging/open-file.ts';
import { judgeIdentity } from '../../../../main/core/privacy/judge-identity.ts';
import { buildDicom, textElement, type DicomRecipe } from '../../../support/dicom-builder.ts';
import { hasShared, shared } from '../../../support/shared.ts';
import { plainTiff } from './plain-tiff.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
let written = 0;
const codesOf = async (path: string) =>
  judgeIdentity((await openFile(path)).evidence).findings.map(({ code, verdict }) => `${code}:${verdict}`);
const dicom = (recipe: Partial<DicomRecipe>) =>
  codesOf(
    file(
      `d${written++}`,
      buildDicom({ columns: 2, rows: 1, pixels: [1, 2], modality: 'CT', sopClassUid: CT, ...recipe }),
    ),
  );
const CT = '1.2.840.10008.5.1.4.1.1.2';

describe('DICOM', () => {
  test.each(['explicit', 'implicit', 'big-endian', 'deflated'] as const)('a name, %s', async (encoding) => {
    expect(await dicom({ encoding, patientName: 'Zwiebel^Anna' })).toEqual(['patient-name:block']);
  });

  test.each(['explicit', 'implicit'] as const)('a name deep in a sequence, %s', async (encoding) => {
    const name = textElement(0x00100010, 'PN', 'Zwiebel^Anna');
    const inner = { tag: 0x00081120, vr: 'SQ', value: [[name]] } as const;
    const outer = { tag: 0x04000561, vr: 'SQ', value: [[inner]] } as const;
    expect(await dicom({ encoding, elements: [outer] })).toEqual(['patient-name:block']);
  });

  test('a person in an element that no table knows, by its VR', async () => {
    expect(await dicom({ elements: [textElement(0x00189999, 'PN', 'Berger^Hans')] })).toEqual([
      'person:review',
    ]);
  });

  test('private text counts, its creator and binary values do not', async () => {
    const creator = textElement(0x00290010, 'LO', 'ACME 1.1');
    expect(await dicom({ elements: [creator] })).toEqual([]);
    expect(await dicom({ elements: [creator, textElement(0x00291001, 'LO', 'Zwiebel Anna')] })).toEqual([
      'private-group:review',
    ]);
    const binary = { tag: 0x00291001, vr: 'UN', value: Uint8Array.of(1, 2, 65, 66, 67, 68, 3, 0) };
    expect(await dicom({ elements: [creator, binary] })).toEqual([]);
  });

  test('a name in the characters of its country', async () => {
    const utf8 = { tag: 0x00100010, vr: 'PN', value: Buffer.from('山田^太郎') };
    expect(await dicom({ elements: [textElement(0x00080005, 'CS', 'ISO_IR 192'), utf8] })).toEqual([
      'patient-name:block',
    ]);
  });

  test('overlays, captured screens, and the options of a profile', async () => {
    const overlay = { tag: 0x60003000, vr: 'OW', value: Uint8Array.of(1, 0) };
    expect(await dicom({ elements: [overlay] })).toEqual(['overlay:review']);
    const codes = (...values: string[]) => ({
      tag: 0x00120064,
      vr: 'SQ',
      value: values.map((value) => [textElement(0x00080100, 'SH', value)]),
    });
    expect(await dicom({ elements: [overlay, codes('113100', '113103')] })).toEqual([]);
    const screen = { sopClassUid: '1.2.840.10008.5.1.4.1.1.7', without: [0x00280301] };
    expect(await dicom(screen)).toEqual(['burned-in-possible:review']);
    expect(await dicom({ ...screen, elements: [codes('113100', '113101')] })).toEqual([]);
    expect(await dicom({ ...screen, elements: [textElement(0x00080064, 'CS', 'SYN')] })).toEqual([]);
  });

  test('a comment longer than any attribute is looked at too', async () => {
    const long = `Seen by Dr. Zwiebel. ${'text '.repeat(20_000)}`;
    expect(await dicom({ elements: [{ tag: 0x00104000, vr: 'UT', value: long }] })).toEqual([
      'comment:block',
    ]);
  });

  test.skipIf(!hasShared)('files of other projects: named, de-identified, and neither', async () => {
    const data = (name: string) => codesOf(shared('data', 'dicom', name));
    expect(await data('charset/chrH31.dcm')).toContain('patient-name:block');
    expect(await data('modalities/1.dcm')).toEqual([]);
    expect(await data('matrix/emri_small.dcm')).toEqual([]);
    expect(await data('dicomdir/98892001/CT5N/2062')).toEqual([]);
    expect(await data('pydicom/693_J2KI.dcm')).toEqual([]);
    expect(await data('modalities/jpeg-baseline.dcm')).toContain('burned-in:block');
  });
});

describe('pictures', () => {
  const plain = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#765' } });
  const gps = { IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1', GPSLongitude: '13/1 24/1 0/1' } };

  test('without metadata, and with harmless metadata, are clear', async () => {
    expect(await codesOf(file('a.jpg', await plain().jpeg().toBuffer()))).toEqual([]);
    const made = plain().withExif({ IFD0: { Software: 'scanner 2', ImageDescription: 'HE stain, 20x' } });
    expect(await codesOf(file('b.jpg', await made.jpeg().toBuffer()))).toEqual([]);
  });

  test.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'a position and an owner in EXIF, %s',
    async (format) => {
      const made = plain().withExif({ IFD0: { Artist: 'Anna Zwiebel' }, ...gps });
      const codes = await codesOf(file(`c.${format}`, await made.toFormat(format).toBuffer()));
      expect(codes).toContain('owner:review');
      expect(codes).toContain('gps-position:block');
    },
  );

  test('a position and an owner in the tags of a TIFF, on whatever page', async () => {
    const page = plainTiff({
      width: 4,
      height: 4,
      samples: 1,
      bits: 8,
      format: 1,
      photometric: 1,
      values: Array.from({ length: 16 }, (_, at) => at * 16),
    });
    expect(await codesOf(file('one.tif', page))).toEqual([]);
    const codes = await codesOf(file('two.tif', withSecondPage(page, 'Anna Zwiebel')));
    expect(codes.toSorted()).toEqual(['gps-position:block', 'owner:review']);
  });

  describe('whose EXIF block is damaged are not taken for read to the end', () => {
    /** A picture with a description in EXIF, its block changed; `at` finds the entry of a tag. */
    const damaged = async (change: (exif: Buffer, at: (tag: number) => number) => void) => {
      const made = plain().withExif({ IFD0: { ImageDescription: 'HE stain, 20x', Artist: 'xx-1' }, ...gps });
      const bytes = await made.jpeg().toBuffer();
      const exif = bytes.subarray(bytes.indexOf('Exif\0\0') + 6);
      const first = exif.readUInt32LE(4);
      const entries = Array.from({ length: exif.readUInt16LE(first) }, (_, index) => first + 2 + index * 12);
      change(exif, (tag) => entries.find((entry) => exif.readUInt16LE(entry) === tag) ?? NaN);
      return await codesOf(file(`damaged-${damages++}.jpg`, bytes));
    };
    let damages = 0;

    test('undamaged it is', async () => {
      expect(await damaged(() => undefined)).not.toContain('unread-text:review');
    });

    test.each<readonly [string, Parameters<typeof damaged>[0]]>([
      ['its first directory lies outside', (exif) => exif.writeUInt32LE(0x7fffffff, 4)],
      [
        'its first directory claims to be endless',
        (exif) => exif.writeUInt16LE(0xffff, exif.readUInt32LE(4)),
      ],
      ['a text lies outside', (exif, at) => exif.writeUInt32LE(0x7fffffff, at(270) + 8)],
      ['a text is longer than the block', (exif, at) => exif.writeUInt32LE(0x00ffffff, at(270) + 4)],
      [
        'the directory of positions lies outside',
        (exif, at) => exif.writeUInt32LE(0x7fffffff, at(34853) + 8),
      ],
      ['it is none', (exif) => exif.fill(0xff, 0, 8)],
    ])('%s', async (_, change) => expect(await damaged(change)).toContain('unread-text:review'));

    test('and so are the tags of a TIFF', async () => {
      const values = Array.from({ length: 16 }, () => 9);
      const page = plainTiff({ width: 4, height: 4, samples: 1, bits: 8, format: 1, photometric: 1, values });
      const bytes = withSecondPage(page, 'Anna Zwiebel');
      const named = bytes.indexOf('Anna Zwiebel');
      expect(await codesOf(file('cut.tif', bytes.subarray(0, named + 4)))).toContain('unread-text:review');
    });

    test('an element of XMP that ends farther away than is read', async () => {
      const xmp = (inside: string) => `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:dc="http://purl.org/dc/elements/1.1/">${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;
      const codes = async (inside: string) =>
        await codesOf(file(`x-${damages++}.jpg`, await plain().withXmp(xmp(inside)).jpeg().toBuffer()));
      expect(await codes('<dc:title>HE stain</dc:title><dc:creator/>')).toEqual([]);
      expect(await codes(`<dc:title>${'HE stain '.repeat(1000)}</dc:title>`)).toEqual(['unread-text:review']);
    });
  });

  test('a caption that names somebody', async () => {
    const made = plain().withExif({ IFD0: { ImageDescription: 'Patient name: Anna Zwiebel' } });
    expect(await codesOf(file('d.jpg', await made.jpeg().toBuffer()))).toEqual(['patient-name:block']);
    const prose = plain().withExif({ IFD0: { ImageDescription: 'dear Mrs. Zwiebel' } });
    expect(await codesOf(file('p.jpg', await prose.jpeg().toBuffer()))).toEqual(['caption:review']);
  });

  test('XMP: the person shown and the position', async () => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="52,31.0N"
        xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
        <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Anna Zwiebel</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
      </rdf:Description></rdf:RDF></x:xmpmeta>`;
    const codes = await codesOf(file('e.jpg', await plain().withXmp(xmp).jpeg().toBuffer()));
    expect(codes.toSorted()).toEqual(['gps-position:block', 'shown-person:block']);
  });

  test('text of a PNG', async () => {
    const bytes = await plain().png().toBuffer();
    expect(await codesOf(file('f.png', withText(bytes, 'Author', 'Anna Zwiebel')))).toEqual(['owner:review']);
    expect(await codesOf(file('g.png', withText(bytes, 'Comment', 'MRN 88231')))).toEqual(['caption:review']);
    expect(await codesOf(file('h.png', withText(bytes, 'Comment', 'made with care')))).toEqual([]);
  });
});

/** A further directory with an artist and, below it, a position (TIFF 6.0 section 2; Exif 2.32 section 4.6.6). */
function withSecondPage(tiff: Buffer, artist: string): Buffer {
  const whole = Buffer.from(tiff);
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const directory = (...entries: Buffer[]) =>
    Buffer.concat([Buffer.of(entries.length, 0), ...entries, Buffer.alloc(4)]);
  whole.writeUInt32LE(whole.length, 8 + 2 + whole.readUInt16LE(8) * 12);
  const text = Buffer.from(`${artist}\0`);
  const at = whole.length + directory(entry(0, 0, 0, 0), entry(0, 0, 0, 0)).length;
  return Buffer.concat([
    whole,
    directory(entry(315, 2, text.length, at), entry(34853, 4, 1, at + text.length)),
    text,
    directory(entry(2, 5, 3, 0)),
  ]);
}

/** A tEXt chunk after the header. */
function withText(png: Buffer, keyword: string, text: string): Buffer {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const chunk = Buffer.alloc(8 + body.length);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), 4 + body.length);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** PNG annex D. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
