import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { inspectFile } from '../../../../../main/core/imaging/inspect.ts';
import { findOpenSlide } from '../../../../../main/core/imaging/slide/openslide/library.ts';
import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { hasShared, shared } from '../../../../support/shared.ts';

type Triple = readonly [number, number, number];
interface Expected {
  readonly outcome: string;
  readonly openslide?: {
    readonly ok: boolean;
    readonly vendor?: string;
    readonly level_dimensions?: readonly (readonly number[])[];
    readonly level_downsamples?: readonly number[];
    readonly mpp_x?: string | null;
    readonly objective_power?: string | null;
    readonly level0_centre?: { readonly mean_rgb_over_white: Triple };
    readonly lowest_level?: { readonly mean_rgb_over_white: Triple };
  };
}

const expected = hasShared
  ? (
      JSON.parse(readFileSync(shared('data/expected/slides.json'), 'utf8')) as {
        files: Record<string, Expected>;
      }
    ).files
  : {};
const slides = Object.entries(expected).filter(([, { outcome }]) => outcome === 'slide');
const refused = Object.entries(expected).filter(([, { outcome }]) => outcome !== 'slide');

/** OpenSlide 3.4 turns each tile in itself, padding included, and leaves it in its place: no picture to agree with. */
const turned = new Set(['slides/test_orient6.tif']);

const near = (got: readonly number[] | undefined, wanted: Triple) => {
  wanted.forEach((value, index) => expect(Math.abs((got?.[index] ?? NaN) - value)).toBeLessThan(1.5));
};

test.skipIf(!hasShared).each(slides)('%s reads as OpenSlide reads it', async (name, { openslide }) => {
  const needsLibrary = name.endsWith('.ndpi') && !(await findOpenSlide());
  if (needsLibrary) {
    await expect(inspectFile(shared('data', name))).rejects.toMatchObject({ code: 'slide.needs-openslide' });
    return;
  }
  const got = await inspectFile(shared('data', name));
  if (!openslide?.ok) return;
  if (got.kind !== 'slide') throw new Error(`read as ${got.kind}`);
  expect(got.vendor).toBe(openslide.vendor);
  expect(got.levels.map(({ width, height }) => [width, height])).toEqual(openslide.level_dimensions);
  got.levels.forEach(({ downsample }, index) =>
    expect(downsample).toBeCloseTo(openslide.level_downsamples?.[index] ?? NaN, 9),
  );
  if (openslide.mpp_x) expect(got.mppX).toBeCloseTo(Number(openslide.mpp_x), 6);
  if (openslide.objective_power) expect(got.objectivePower).toBe(Number(openslide.objective_power));
  if (turned.has(name)) return;
  if (openslide.level0_centre) near(got.centre.mean, openslide.level0_centre.mean_rgb_over_white);
  if (openslide.lowest_level) near(got.lowest?.mean, openslide.lowest_level.mean_rgb_over_white);
});

test.skipIf(!hasShared).each(refused)('%s is refused by a fault', async (name) => {
  await expect(inspectFile(shared('data', name))).rejects.toBeInstanceOf(ArchiveError);
});

test.skipIf(!hasShared)('without libopenslide a foreign format says how to install it', async () => {
  const ndpi = shared('data', 'slides/test3-DAPI-2-(387).ndpi');
  const options = { openSlideLibrary: 'none' };
  await expect(inspectFile(ndpi, options)).rejects.toMatchObject({ code: 'slide.needs-openslide' });
});
