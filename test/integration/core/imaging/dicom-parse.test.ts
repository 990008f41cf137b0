import dicomParser from 'dicom-parser';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { withFile } from '../../../../main/core/imaging/file-bytes.ts';
import { readHeader } from '../../../../main/core/imaging/dicom/read-header.ts';
import { hasShared, shared } from '../../../support/shared.ts';

const paths = hasShared
  ? ['charset', 'chest-ct', 'lut', 'matrix', 'modalities', 'multiframe', 'non-image', 'pydicom', 'series-mr']
      .flatMap((folder) =>
        readdirSync(shared('data', 'dicom', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
          join(folder, name),
        ),
      )
      .filter((name) => statSync(shared('data', 'dicom', name)).isFile())
  : [];

/** What dicom-parser finds: positions by tag, up to the pixel data. */
function positionsOf(bytes: Buffer): Map<number, number> | null {
  try {
    const { elements } = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
    return new Map(
      Object.values(elements)
        .map(({ tag, dataOffset }): [number, number] => [Number.parseInt(tag.slice(1), 16), dataOffset])
        .filter(([tag]) => tag > 0x0002ffff && tag !== 0x7fe00010 && tag !== 0xfffee00d),
    );
  } catch {
    // It throws strings, for files without preamble among others.
    return null;
  }
}

/** dicom-parser puts a deflated data set after the header, this code apart from it. */
const isDeflated = (name: string) => /dfl|Deflated/.test(name);

describe.skipIf(!hasShared)('elements lie where dicom-parser finds them', () => {
  test.each(paths.filter((name) => !isDeflated(name)))('%s', async (name) => {
    const path = shared('data', 'dicom', name);
    const theirs = positionsOf(readFileSync(path));
    const { dataSet } = await withFile(path, readHeader);
    const ours = new Map([...dataSet.elements.values()].map(({ tag, offset }) => [tag, offset]));
    if (theirs) expect(ours).toEqual(theirs);
    else expect(ours.size).toBeGreaterThan(5);
  });
});
