import { levelMean, meanOf } from './overview.ts';
import { openSlide, type OpenSlideOptions } from './open-slide.ts';

/** A slide in numbers, to be held against other readers. */
export interface SlideInspection {
  readonly kind: 'slide';
  readonly vendor: string;
  readonly width: number;
  readonly height: number;
  readonly levels: readonly {
    readonly width: number;
    readonly height: number;
    readonly downsample: number;
  }[];
  /** µm; null where the file does not state it. */
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly objectivePower: number | null;
  /** Names only; the pictures are not read. */
  readonly associated: readonly string[];
  /** Mean colour over white of 256 × 256 px in the middle of level 0, or what there is of them. */
  readonly centre: { readonly mean: readonly [number, number, number] };
  /** Of the whole lowest level; null above 256 Mpx. */
  readonly lowest: { readonly mean: readonly [number, number, number] } | null;
  readonly notes: readonly string[];
}

const CENTRE_PX = 256;

/** Rows and columns as the file stores them, which is how other readers count. @throws as `openSlide` and its regions do. */
export async function inspectSlide(path: string, options: OpenSlideOptions = {}): Promise<SlideInspection> {
  const slide = await openSlide(path, { ...options, asStored: true });
  try {
    const { vendor, width, height, mppX, mppY, objectivePower, associated, notes } = slide;
    const w = Math.min(CENTRE_PX, width);
    const h = Math.min(CENTRE_PX, height);
    const x = Math.floor((width - w) / 2);
    const y = Math.floor((height - h) / 2);
    const centre = await slide.readRegion({ level: 0, x, y, w, h });
    const lowest = await levelMean(slide, slide.levels.length - 1);
    return {
      kind: 'slide',
      vendor,
      width,
      height,
      levels: slide.levels.map((level) => ({
        width: level.width,
        height: level.height,
        downsample: level.downsample,
      })),
      mppX,
      mppY,
      objectivePower,
      associated,
      centre: { mean: meanOf(centre) },
      lowest: lowest && { mean: lowest },
      notes,
    };
  } finally {
    await slide.close();
  }
}
