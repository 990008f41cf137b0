import { decodeScan, planesOf, type Plane } from './coefficients.ts';
import { toSamples } from './inverse-dct.ts';
import { broken } from './jpeg-error.ts';
import { decodeLosslessScan } from './lossless.ts';
import { nextSegment, noTables, type Frame, type Tables } from './markers.ts';
import { upsample } from './upsample.ts';

/** A decoded JPEG: its components as they are coded, no colour conversion. */
export interface Jpeg {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly precision: number;
  readonly lossless: boolean;
  /** Row-major, samples interleaved, `width * height * components`. */
  readonly values: Uint16Array;
  /** What the file's own markers say the components are; undefined where they say nothing. */
  readonly colour: 'rgb' | 'ycbcr' | undefined;
}

/** Far more scans than an encoder writes; each costs a pass over the picture. */
const MOST_SCANS = 200;

/**
 * Decodes JPEG as DICOM uses it: Huffman-coded baseline and extended (8 and 12 bits), progressive, and lossless with
 * all predictors (ITU-T T.81 processes 1, 2, 4, 6, 8, 10, 12, 14). Own code, because no library at hand reads 12 bits
 * or gives components before colour conversion, which the stored values are.
 *
 * @param accept - is asked with the frame header before any memory is taken for its pixels.
 * @throws ArchiveError `image.truncated`, `image.unreadable`, `dicom.transfer-syntax`, and what `accept` throws.
 */
export function decodeJpeg(bytes: Uint8Array, accept: (frame: Frame) => void): Jpeg {
  const tables = noTables();
  let frame: Frame | null = null;
  let planes: Plane[] = [];
  let lossless: Uint16Array | null = null;
  const scanned = new Set<number>();
  let scans = 0;
  for (let at = 0; ;) {
    const segment = nextSegment(bytes, at, tables, frame);
    at = segment.next;
    if (segment.is === 'end') {
      // Without its last scans a progressive picture looks whole and is not.
      if (frame?.process === 'progressive' && !segment.marked) throw broken(true);
      break;
    }
    if (segment.is === 'frame') {
      if (frame) throw broken();
      frame = segment.frame;
      accept(frame);
      if (frame.process === 'lossless')
        lossless = new Uint16Array(frame.width * frame.height * frame.components.length);
      else planes = planesOf(frame);
      continue;
    }
    if (!frame || ++scans > MOST_SCANS) throw broken();
    at = lossless
      ? decodeLosslessScan(bytes, segment.at, frame, segment.scan, tables, lossless)
      : decodeScan(bytes, segment.at, frame, segment.scan, tables, planes);
    for (const { component } of segment.scan.components) scanned.add(component);
  }
  if (!frame || scanned.size < frame.components.length) throw broken(true);
  return {
    width: frame.width,
    height: frame.height,
    components: frame.components.length,
    precision: frame.precision,
    lossless: lossless !== null,
    values: lossless ?? interleaved(frame, planes, tables),
    colour: markedColour(frame, tables),
  };
}

function interleaved(frame: Frame, planes: readonly Plane[], tables: Tables): Uint16Array {
  const { width, height, precision, components } = frame;
  const widest = Math.max(...components.map(({ h }) => h));
  const highest = Math.max(...components.map(({ v }) => v));
  const values = new Uint16Array(width * height * components.length);
  components.forEach(({ h, v, quantTable }, index) => {
    const plane = planes[index];
    const quant = tables.quant[quantTable];
    if (!plane || !quant) throw broken();
    const samples = toSamples(
      plane,
      quant,
      precision,
      Math.ceil((width * h) / widest),
      Math.ceil((height * v) / highest),
    );
    const target = { values, first: index, step: components.length, width, height };
    upsample(samples, widest / h, highest / v, target);
  });
  return values;
}

/** Adobe's marker decides, then JFIF's, then component ids that spell RGB, as libjpeg has it. */
function markedColour({ components }: Frame, { adobeTransform, jfif }: Tables): Jpeg['colour'] {
  if (components.length !== 3) return undefined;
  if (adobeTransform !== undefined) return adobeTransform === 0 ? 'rgb' : 'ycbcr';
  if (jfif) return 'ycbcr';
  return components.map(({ id }) => String.fromCharCode(id)).join('') === 'RGB' ? 'rgb' : undefined;
}
