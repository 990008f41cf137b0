import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { inspectFile, type DicomInspection } from '../../../../main/core/imaging/inspect.ts';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { hasShared, shared } from '../../../support/shared.ts';

/** What pydicom, GDCM and imagecodecs read, by path. */
interface Reading {
  readonly outcome: string;
  readonly Rows: number;
  readonly Columns: number;
  readonly NumberOfFrames: number;
  readonly first_frame?: {
    readonly dtype: string;
    readonly mean: number;
    readonly lossless_or_native: boolean;
    readonly sha256_int32_le?: string;
    readonly sha256_float_le?: string;
  };
  readonly first_frame_rgb?: { readonly dtype: string; readonly mean?: readonly number[] };
  readonly first_frame_modality_values?: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
  };
}

const readings: Readonly<Record<string, Reading>> = hasShared
  ? JSON.parse(readFileSync(shared('data', 'expected', 'dicom.json'), 'utf8')).files
  : {};
const having = (isImage: boolean) =>
  Object.entries(readings).filter(([, { outcome }]) => (outcome === 'image') === isImage);

/** Decoders of lossy syntaxes may differ by a few units. */
const LOSSY_MEAN = 1.5;

/** 8 bits of a palette or of samples of 16 and 32 bits. */
const fullScale: Readonly<Record<string, number>> = { uint8: 1, uint16: 257, '>u2': 257, uint32: 16_843_009 };

describe.skipIf(!hasShared)('pictures read as other readers read them', () => {
  test.each(having(true))('%s', async (name, expected) => {
    const found = (await inspectFile(shared('data', name))) as DicomInspection;
    const { first_frame: frame, first_frame_modality_values: modality, first_frame_rgb: rgb } = expected;
    expect([found.rows, found.columns, found.frames]).toEqual([
      expected.Rows,
      expected.Columns,
      expected.NumberOfFrames,
    ]);
    if (frame?.lossless_or_native)
      expect(found.pixels.sha256).toBe(frame.sha256_float_le ?? frame.sha256_int32_le);
    else expect(Math.abs(found.pixels.mean - (frame?.mean ?? Number.NaN))).toBeLessThanOrEqual(LOSSY_MEAN);
    if (modality && frame?.lossless_or_native) {
      expect(found.modality?.min).toBeCloseTo(modality.min, 2);
      expect(found.modality?.max).toBeCloseTo(modality.max, 2);
      expect(found.modality?.mean).toBeCloseTo(modality.mean, 2);
    }
    if (rgb?.mean) {
      const scale = fullScale[rgb.dtype] ?? Number.NaN;
      rgb.mean.forEach((mean, primary) => {
        expect(Math.abs((found.rgb?.mean[primary] ?? Number.NaN) - mean / scale)).toBeLessThanOrEqual(
          LOSSY_MEAN,
        );
      });
    }
  });
});

/** Readable here although the reference readers gave up. */
const moreThanOthers = [
  'dicom/broken/GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm',
  'dicom/broken/badVR.dcm',
  'dicom/matrix/MultiframeWindowing.dcm',
  'dicom/matrix/emri_small_jpeg_2k_lossless_too_short.dcm',
  'dicom/matrix/liver_nonbyte_aligned_rle.dcm',
];

describe.skipIf(!hasShared)('what has no picture, or a broken one, is refused with a fault', () => {
  test.each(having(false).filter(([name]) => !moreThanOthers.includes(name)))('%s', async (name) => {
    const refusal = await inspectFile(shared('data', name)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ArchiveError);
    expect((refusal as ArchiveError).code).not.toBe('internal');
  });

  test.each([
    ['dicom/non-image/rtstruct.dcm', 'file.no-picture', { sopClass: 'RT Structure Set Storage' }],
    ['dicom/non-image/sample-pdf.dcm', 'file.no-picture', { sopClass: 'Encapsulated PDF Storage' }],
    ['dicom/non-image/sr.dcm', 'file.no-picture', { sopClass: 'Comprehensive SR Storage' }],
    ['dicom/dicomdir/DICOMDIR', 'file.sidecar', { what: 'DICOMDIR' }],
    ['dicom/dicomdir/README.txt', 'file.unsupported', { what: 'text' }],
    ['dicom/broken/MR_truncated.dcm', 'dicom.truncated', { frame: 0 }],
    [
      'dicom/broken/2026-05-26-oob-monochrome-65535.dcm',
      'image.too-large',
      { width: 65_535, height: 65_535 },
    ],
  ] as const)('%s: %s', async (name, code, details) => {
    await expect(inspectFile(shared('data', name))).rejects.toMatchObject({ code, details });
  });
});
