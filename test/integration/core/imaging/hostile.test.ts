import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { openFile } from '../../../../main/core/imaging/open-file.ts';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { buildDicom, type DicomElement } from '../../../support/dicom-builder.ts';
import { hasShared, shared } from '../../../support/shared.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
const LONGEST_MS = 10_000;
const MOST_MEMORY = 512 * 1024 * 1024;

/** Opens and decodes; what is refused must be refused by a fault. */
async function survives(path: string): Promise<string> {
  const before = performance.now();
  const memory = process.memoryUsage().rss;
  const outcome = await openFile(path)
    .then((opened) => opened.picture({ frame: opened.frames - 1 }))
    .then(() => 'picture')
    .catch((error: unknown) => {
      if (error instanceof ArchiveError) return error.code;
      throw error;
    });
  expect(performance.now() - before).toBeLessThan(LONGEST_MS);
  expect(process.memoryUsage().rss - memory).toBeLessThan(MOST_MEMORY);
  return outcome;
}

/** The same numbers every time: a linear congruential generator (Numerical Recipes). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const lengthBombs = [0xffffffff, 0xfffffffe, 0x7fffffff, 0x10000000];

function mutate(bytes: Buffer, roll: (sides: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  switch (roll(4)) {
    case 0:
      return copy.subarray(0, roll(copy.length));
    case 1:
      copy.writeUInt32LE(lengthBombs[roll(4)] ?? 0, roll(Math.min(copy.length, 2000) - 4));
      return copy;
    default: {
      const reach = roll(2) ? copy.length : Math.min(copy.length, 1200);
      for (let times = 1 + roll(8); times > 0; times--) copy[roll(reach)] = roll(256);
      return copy;
    }
  }
}

const noise = Uint8Array.from({ length: 64 * 48 * 3 }, (_, index) => (index * 31) % 253);
const picture = () => sharp(noise, { raw: { width: 64, height: 48, channels: 3 } });
const pixels = Array.from({ length: 64 * 48 }, (_, index) => (index * 31) % 4096);
const grey = { columns: 64, rows: 48 };
const jpeg = (uid: string, bytes: Buffer) =>
  buildDicom({ ...grey, bitsAllocated: 8, transferSyntaxUid: uid, fragments: [bytes] });

const seeds: readonly (readonly [name: string, make: () => Promise<Uint8Array>])[] = [
  ['explicit', () => Promise.resolve(buildDicom({ ...grey, pixels }))],
  ['implicit', () => Promise.resolve(buildDicom({ ...grey, pixels, encoding: 'implicit' }))],
  ['deflated', () => Promise.resolve(buildDicom({ ...grey, pixels, encoding: 'deflated' }))],
  [
    'jpeg in DICOM',
    async () => jpeg('1.2.840.10008.1.2.4.50', await picture().toColourspace('b-w').jpeg().toBuffer()),
  ],
  ['jpeg', () => picture().jpeg().toBuffer()],
  ['png', () => picture().png().toBuffer()],
  ['tiff', () => picture().tiff({ tile: true, pyramid: true }).toBuffer()],
  ['webp', () => picture().webp().toBuffer()],
  ['gif', () => picture().gif().toBuffer()],
];

/** Compressed in ways that nothing here writes. */
const sharedSeeds = [
  ['RLE', 'dicom/pydicom/MR_small_RLE.dcm'],
  ['JPEG 2000', 'dicom/pydicom/MR_small_jp2klossless.dcm'],
  ['JPEG-LS', 'dicom/modalities/MR4_JLSL'],
  ['HTJ2K', 'dicom/htj2k/HTJ2K_08_RGB.dcm'],
  ['lossless JPEG', 'dicom/jpeg-lossless-predictors/jpeg_lossless_sel4.dcm'],
  ['enhanced multi-frame', 'dicom/matrix/emri_small.dcm'],
  ['palette', 'dicom/matrix/OT-PAL-8-face.dcm'],
  ['AVIF', 'images/traps/avif-orientation-6.avif'],
  ['JP2', 'images/traps/16bit.cropped.jp2'],
] as const;

/** `VITRINE_MUTANTS=2000` for the long run. */
const MUTANTS = Number(process.env['VITRINE_MUTANTS'] ?? 60);

const kinds: readonly (readonly [name: string, make: () => Promise<Uint8Array>])[] = [
  ...seeds,
  ...(hasShared
    ? sharedSeeds.map(
        ([name, path]) => [name, () => Promise.resolve(readFileSync(shared('data', path)))] as const,
      )
    : []),
];

test.each(kinds)(
  '%s: mutants are read or refused, quickly and within memory',
  async (name, make) => {
    const whole = Buffer.from(await make());
    const roll = dice(name.length * 7919);
    const outcomes = new Set<string>();
    for (let mutant = 0; mutant < MUTANTS; mutant++)
      outcomes.add(await survives(file('mutant', mutate(whole, roll))));
    // A mutation that never changed anything would prove nothing.
    expect(outcomes.size).toBeGreaterThan(1);
    expect(outcomes).not.toContain('internal');
  },
  20_000 + MUTANTS * 1000,
);

describe('made on purpose', () => {
  test('sequences nested without end', async () => {
    let nested: DicomElement = { tag: 0x00400275, vr: 'SQ', value: [] };
    for (let depth = 0; depth < 500; depth++) nested = { tag: 0x00400275, vr: 'SQ', value: [[nested]] };
    expect(await survives(file('nested', buildDicom({ ...grey, pixels, elements: [nested] })))).toBe(
      'picture',
    );
  });

  test('items of undefined length opened twenty thousand times', async () => {
    const opening = Buffer.from('feff00e0ffffffff4000750253510000ffffffff', 'hex');
    const bytes = Buffer.concat([
      buildDicom({ ...grey, without: [0x00280010] }),
      Buffer.from('4000750253510000ffffffff', 'hex'),
      ...Array.from({ length: 20_000 }, () => opening),
    ]);
    expect(await survives(file('opened', bytes))).toBe('file.no-picture');
  });

  test('a data set that inflates to a gigabyte', async () => {
    const start = buildDicom({ ...grey, encoding: 'deflated' });
    const meta = start.subarray(0, 132 + 12 + Buffer.from(start).readUInt32LE(140));
    const bomb = Buffer.concat([meta, deflateRawSync(Buffer.alloc(1024 ** 3))]);
    expect(await survives(file('inflating', bomb))).toBe('image.too-large');
  });

  test('a JPEG that says it is larger than its header', async () => {
    const large = await sharp({ create: { width: 4000, height: 4000, channels: 3, background: '#888' } })
      .toColourspace('b-w')
      .jpeg()
      .toBuffer();
    expect(await survives(file('larger', jpeg('1.2.840.10008.1.2.4.50', large)))).toBe('dicom.inconsistent');
  });
});

const broken = hasShared ? readdirSync(shared('data', 'dicom', 'broken')) : [];

describe.skipIf(!hasShared)('broken files of other projects', () => {
  test.each(broken)('%s', async (name) => {
    expect(await survives(shared('data', 'dicom', 'broken', name))).not.toBe('internal');
  });

  test.each([
    ['dicom/matrix/explicit_VR-UN.dcm', 'JPEG 2000'],
    ['dicom/htj2k/HTJ2K_08_RGB.dcm', 'HTJ2K'],
    ['dicom/modalities/CT2_JLSL', 'JPEG-LS'],
  ])('%s: half a codestream (%s) in a whole fragment is no picture', async (name) => {
    const bytes = readFileSync(shared('data', name));
    const at = bytes.lastIndexOf(Buffer.from('feff00e0', 'hex'));
    const half = (bytes.readUInt32LE(at + 4) >> 2) * 2;
    const cut = Buffer.concat([bytes.subarray(0, at + 8 + half), Buffer.from('feffdde000000000', 'hex')]);
    cut.writeUInt32LE(half, at + 4);
    expect(await survives(file('half', cut))).toMatch(/truncated|unreadable/);
  });

  test('one mutant of each shared file', async () => {
    const roll = dice(5);
    const small = ['dicom', 'images', 'slides'].flatMap((folder) =>
      readdirSync(shared('data', folder), { recursive: true, encoding: 'utf8' })
        .map((name) => join(shared('data', folder), name))
        .filter((path) => statSync(path).isFile() && statSync(path).size < 300_000),
    );
    for (const path of small)
      expect(await survives(file('mutant', mutate(readFileSync(path), roll)))).not.toBe('internal');
    expect(small.length).toBeGreaterThan(150);
  }, 60_000);
});
