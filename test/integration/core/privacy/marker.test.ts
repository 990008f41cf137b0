import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { inspectFile } from '../../../../main/core/imaging/inspect.ts';
import { openDicom } from '../../../../main/core/imaging/dicom/open-dicom.ts';
import type { DataSet } from '../../../../main/core/imaging/dicom/parse.ts';
import { faultOf } from '../../../../preload/contract/faults.ts';
import { importing } from '../../../support/importing.ts';
import { hasShared, shared } from '../../../support/shared.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-marker-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run } = importing();

/** Five letters that no other text holds; short, so that it fits into most values. */
const MARKER = 'QXZWV';
const marked = /qxzwv/i;

const textVrs = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UN UR UT'.split(' '));
/** Without these no program can read the picture. */
const structural = new Set([
  0x00020010, 0x00080016, 0x00280004, 0x00280008, 0x00281050, 0x00281051, 0x00281052, 0x00281053,
]);

/** The file with the marker over the beginning of every text value that has room for it, sequences included. */
async function seeded(path: string): Promise<{ bytes: Buffer; places: number } | null> {
  const file = await openDicom(path).catch(() => null);
  if (!file || file.header.body !== 'file') return null;
  const bytes = readFileSync(path);
  let places = 0;
  const visit = ({ elements }: DataSet, implicit: boolean) => {
    for (const { tag, vr, offset, length, items } of elements.values()) {
      if (items) for (const item of items) visit(item, implicit);
      else if (
        length !== null &&
        length >= MARKER.length &&
        !structural.has(tag) &&
        isText(vr, bytes, offset, length)
      ) {
        bytes.write(MARKER, offset, 'latin1');
        places += 1;
      }
    }
  };
  visit(file.header.dataSet, false);
  return { bytes, places };
}

function isText(vr: string | null, bytes: Buffer, offset: number, length: number): boolean {
  if (vr !== null && vr !== 'UN') return textVrs.has(vr);
  return /^[\x20-\x7e]+[\0 ]?$/.test(bytes.toString('latin1', offset, offset + Math.min(length, 64)));
}

const everyFile = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.skipIf(!hasShared)('a name in every text element of every shared file', () => {
  test('is in no file of the archive, no name of one, no inspection, no fault, however little is checked', async () => {
    const source = join(root, 'seeded');
    mkdirSync(source);
    let places = 0;
    const inspections: string[] = [];
    const paths = everyFile(shared('data', 'dicom')).filter((path) => statSync(path).size < 400_000);
    for (const [index, path] of paths.entries()) {
      const made = await seeded(path);
      if (!made) continue;
      places += made.places;
      const target = join(source, `${index}.dcm`);
      writeFileSync(target, made.bytes);
      inspections.push(JSON.stringify(await inspectFile(target).catch(faultOf)));
    }
    expect(inspections.length).toBeGreaterThan(120);
    expect(places).toBeGreaterThan(3_000);
    expect(inspections.filter((text) => marked.test(text))).toEqual([]);

    const a = archive();
    const { counts, job } = await run(a, [source], { identity: 'off' });
    expect(counts.added).toBeGreaterThan(100);
    expect(JSON.stringify(job)).not.toMatch(marked);
    expect(JSON.stringify(a.jobs.problems(null, null, 0, 1000))).not.toMatch(marked);
    const strict = archive();
    expect((await run(strict, [source])).counts.quarantined).toBeGreaterThan(100);
    for (const one of [a, strict]) {
      one.close();
      const files = everyFile(one.folder);
      expect(files.filter((path) => marked.test(path))).toEqual([]);
      expect(files.filter((path) => marked.test(readFileSync(path, 'latin1')))).toEqual([]);
    }
  }, 240_000);
});
