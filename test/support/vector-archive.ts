import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive, type Archive } from '../../main/core/store/archive.ts';
import type { NewItem, NewRegion } from '../../main/core/store/items.ts';
import type { ModelRow } from '../../main/core/store/vectors.ts';

export interface VectorItem {
  readonly kind?: NewItem['kind'];
  readonly patient?: string;
  /** One region per vector; unit length. */
  readonly vectors: readonly Float32Array[];
  readonly regionKind?: NewRegion['kind'];
}

/** A new archive in a temporary folder; `remove` closes and deletes it. */
export function temporaryArchive(): { archive: Archive; folder: string; remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'vitrine-'));
  const folder = join(parent, 'Test.vitrine');
  const archive = openArchive(folder, { create: true, now: new Date(0).toISOString() });
  return {
    archive,
    folder,
    remove: () => {
      if (archive.db.open) archive.close();
      rmSync(parent, { recursive: true });
    },
  };
}

export function addModel(archive: Archive, bundleId: string, identity: string, dimensions: number): ModelRow {
  const model = { bundleId, identity, dimensions, preprocessing: 'test' };
  return archive.vectors.ensureModel(model, new Date(0).toISOString());
}

/**
 * Items that have vectors and nothing else behind them; their content hashes are made up from `salt` and the index.
 *
 * @returns their ids, in order.
 */
export function addItems(
  archive: Archive,
  model: ModelRow,
  items: readonly VectorItem[],
  salt = 0,
): number[] {
  return archive.transaction(() =>
    items.map(({ kind = 'image', patient = null, vectors, regionKind = 'whole' }, index) => {
      const itemId = archive.items.insert({
        kind,
        sha256: (salt * 10_000_000 + index).toString(16).padStart(64, '0'),
        sizeBytes: 1,
        widthPx: 224,
        heightPx: 224,
        frames: Math.max(1, vectors.length),
        modality: null,
        bodyPart: null,
        patientKey: patient,
        studyKey: null,
        seriesKey: null,
        thumb: null,
        notes: [],
        attributes: [],
        addedAt: new Date(0).toISOString(),
      });
      vectors.forEach((vector, frame) => {
        const place = { kind: regionKind, frame, level: 0, x: 0, y: 0, w: 224, h: 224 };
        const regionId = archive.items.addRegion(itemId, { ...place, preparation: [], windowName: null });
        archive.vectors.add(model, regionId, vector, kind === 'slide' ? itemId : 0);
      });
      return itemId;
    }),
  );
}
