import type { Preprocessing } from '../encode/bundle.ts';
import { preprocess } from '../encode/preprocess.ts';
import { defaultSampling, type Sampling } from '../domain/frame-policy.ts';
import type { Judgement } from '../domain/identity.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { OpenedFile } from '../imaging/open-file.ts';
import type { Picture } from '../imaging/picture.ts';
import type { Slide } from '../imaging/slide/slide.ts';
import { thumbnail } from '../imaging/thumbnail.ts';

export interface ReadTask {
  readonly path: string;
  readonly preprocessing: Preprocessing;
  readonly sampling?: Sampling;
  /** Only these frames, for giving stored regions a vector of another model; left out: the sampling decides. */
  readonly frames?: readonly number[];
  /** Together with `frames`: the window of a stored region where it is a preset. */
  readonly window?: string;
}

export interface ReadRegion {
  readonly kind: 'whole' | 'frame';
  readonly frame: number;
  readonly preparation: string[];
  readonly windowName: string | null;
  /** The model's input before scaling and normalising: RGB, row-major, `sizePx`² · 3 bytes. */
  readonly pixels: Uint8Array;
}

export interface ReadFile extends Pick<
  OpenedFile,
  'width' | 'height' | 'frames' | 'attributes' | 'identifiers'
> {
  readonly kind: 'image' | 'dicom' | 'slide';
  /** Codes only; what was found stays in the thread that read it. */
  readonly judgement: Judgement;
  readonly notes: string[];
  readonly regions: ReadRegion[];
  readonly thumb: Uint8Array;
  /** Of slides only. */
  readonly slide?: Pick<Slide, 'vendor' | 'mppX' | 'mppY' | 'objectivePower' | 'levels'>;
}

/** `held`: judged by the header alone, and no pixel of it was decoded. */
export type ReadOutcome =
  { readonly is: 'held'; readonly judgement: Judgement } | { readonly is: 'read'; readonly file: ReadFile };

/** Longest side of a thumbnail, in pixels; twice the largest tile of the grid would be 640, which nobody sees. */
export const THUMB_PX = 320;

/** Everything an archive stores of an opened file, except vectors. @throws ArchiveError as its pictures do. */
export async function readOpened(
  file: OpenedFile,
  judgement: Judgement,
  { preprocessing, sampling = defaultSampling, frames, window }: ReadTask,
): Promise<ReadFile> {
  const chosen = frames ?? file.representativeFrames(sampling.frames);
  const windows = windowsOf(file, sampling.ctWindows, window);
  const regions: ReadRegion[] = [];
  const notes = new Set(file.notes);
  let thumb: Uint8Array | undefined;
  for (const frame of chosen) {
    const pictures = await file.pictures(frame, windows);
    for (const picture of pictures) {
      for (const note of picture.notes) notes.add(note);
      regions.push({
        kind: file.frames > 1 ? 'frame' : 'whole',
        frame,
        preparation: preparationOf(picture, frame, file, preprocessing),
        windowName: picture.window?.name ?? null,
        pixels: modelView(picture, preprocessing),
      });
    }
    if (pictures[0] && frame === chosen[chosen.length >> 1]) thumb = await thumbnail(pictures[0], THUMB_PX);
  }
  if (!thumb) throw new ArchiveError('file.no-picture');
  const { kind, width, height, attributes, identifiers } = file;
  const facts = { kind, width, height, frames: file.frames, attributes, identifiers, judgement };
  return { ...facts, notes: [...notes], regions, thumb };
}

/** Presets mean something for Hounsfield units alone. */
function windowsOf(file: OpenedFile, wished: readonly string[], one: string | undefined): readonly string[] {
  if (one !== undefined && file.presets.includes(one)) return [one];
  const known = wished.filter((name) => file.presets.includes(name));
  return one === undefined && known.length > 0 ? known : ['auto'];
}

export const modelView = (picture: Picture, rule: Preprocessing): Uint8Array =>
  preprocess({ width: picture.width, height: picture.height, channels: 3, data: picture.data }, rule);

/** How the model's picture was made, line by line, as it is stored and shown. */
export function preparationOf(
  picture: Picture,
  frame: number,
  file: OpenedFile,
  rule: Preprocessing,
): string[] {
  const { window } = picture;
  return [
    `${rule.sizePx} × ${rule.sizePx} px, RGB`,
    ...(file.frames > 1 ? [`frame ${frame + 1} of ${file.frames}`] : []),
    ...(window
      ? [`window ${window.name}: centre ${round(window.center)}, width ${round(window.width)}`]
      : []),
    `${rule.resize === 'shortest' ? 'shortest side' : 'both sides'} ${rule.interpolation}, centre crop`,
    ...picture.notes,
    `preparation ${rule.version}`,
  ];
}

const round = (value: number): number => Math.round(value * 100) / 100;
