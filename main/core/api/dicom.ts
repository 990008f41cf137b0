import type { dicomMethods, DicomStack } from '../../../preload/contract/dicom.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { ItemId } from '../../../preload/contract/ids.ts';
import { defaultSampling, type Sampling } from '../domain/frame-policy.ts';
import { samplingOf, setSampling } from '../ingest/sampling.ts';
import type { Program } from '../session/program.ts';
import type { Archive } from '../store/archive.ts';
import type { HandlersOf } from './handlers.ts';

/** Longest stack that is listed: more slices than any series has. */
const MOST_PLACES = 20_000;
const MOST_SERIES = 200;

export function dicomHandlers(program: Program): HandlersOf<typeof dicomMethods> {
  const archive = () => program.session().archive;
  return {
    'dicom.frame': ({ itemId, frame }, signal) => program.session().frames.get(itemId, frame, signal),
    'dicom.stack': ({ itemId }) => stackOf(archive(), itemId),
    'dicom.sampling': ({ fresh }) => plain(fresh ? defaultSampling : samplingOf(archive())),
    'dicom.setSampling': (wish) => {
      setSampling(archive(), wish);
      return plain(samplingOf(archive()));
    },
  };
}

const plain = ({ frames, ctWindows }: Sampling) => ({ frames: { ...frames }, ctWindows: [...ctWindows] });

/** The frames of a file that has several, else the files of its series. @throws ArchiveError `item.unknown` */
function stackOf({ items, series }: Archive, itemId: number): DicomStack {
  const item = items.get(itemId);
  if (!item) throw new ArchiveError('item.unknown', { itemId });
  const slices = item.series === null ? [] : series.slices(item.series, MOST_PLACES);
  const isVolume = item.frames === 1 && slices.length > 1;
  return {
    places: isVolume
      ? slices
          .filter(({ frames }) => frames === 1)
          .map((slice) => ({ itemId: ItemId.parse(slice.itemId), frame: 0 }))
      : Array.from({ length: Math.min(item.frames, MOST_PLACES) }, (_, frame) => ({
          itemId: ItemId.parse(itemId),
          frame,
        })),
    series:
      item.study === null
        ? []
        : series
            .ofStudy(item.study, MOST_SERIES)
            .map((row) => ({ ...row, itemId: ItemId.parse(row.itemId) })),
    seriesKey: item.series,
  };
}
