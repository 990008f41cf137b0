import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantise } from '../../main/core/domain/vector.ts';
import { createMatrixKeeper, type MatrixKeeper } from '../../main/core/search/thread/matrix-keeper.ts';
import { openReader } from '../../main/core/store/database.ts';
import { vectorChanges } from '../../main/core/store/vector-changes.ts';
import { vectorCopies } from '../../main/core/store/vector-copies.ts';
import { vectorReader } from '../../main/core/store/vectors.ts';
import { floatFile } from '../../main/core/vectors/float-file.ts';
import { matrixOfCopies } from '../../main/core/vectors/matrix-of-copies.ts';
import type { ResidentMatrix } from '../../main/core/vectors/resident-matrix.ts';
import { addItems, type MadeItem, vectorArchive } from './search-archive.ts';

/** An archive of 3,000 items with keepers of its matrix, and the files that these write. */
export function keptArchive(random: () => number) {
  const made = vectorArchive();
  const { archive, model } = made;
  const items = addItems(archive, model, 3000, random);
  const reader = openReader(archive.databasePath);
  const vectors = vectorReader(reader, model.id);
  const path = join(archive.folder, 'vectors', 'm.int8');
  const floatsPath = join(archive.folder, 'vectors', 'm.f32');
  /** Regions whose vectors were read from the database one by one. */
  const asked: number[] = [];

  function keeperOf(archiveId = 'a', ofCopies: () => ResidentMatrix | null = () => null): MatrixKeeper {
    return createMatrixKeeper({
      changes: vectorChanges(reader, model.id),
      floats: floatFile(floatsPath, model.dimensions, true),
      truth(regionId) {
        asked.push(regionId);
        return vectors.vector(regionId);
      },
      ofCopies,
      path,
      origin: { archiveId, identity: model.identity, dimensions: model.dimensions },
      onSaved: (file) => archive.matrixFiles.record(model.id, file),
    });
  }

  return {
    archive,
    model,
    items,
    path,
    floatsPath,
    asked,
    keeperOf,
    async built(): Promise<MatrixKeeper> {
      const keeper = keeperOf();
      keeper.current();
      await keeper.build();
      return keeper;
    },
    ofCopies(): ResidentMatrix {
      const copies = vectorCopies(reader, model.id, model.dimensions);
      return matrixOfCopies(model.dimensions, copies.blocks(), copies.itemsByRegion());
    },
    remove(): void {
      reader.close();
      made.remove();
    },
  };
}

/** Region, item and values of every row, by region: rows themselves have no order. */
export function contents(matrix: ResidentMatrix | null) {
  if (!matrix) return null;
  return Array.from({ length: matrix.count }, (_, row) => [
    ...[matrix.regionIds[row], matrix.itemIds[row]],
    ...matrix.valuesAt(row),
  ]).sort(([a = 0], [b = 0]) => a - b);
}

/** What {@link contents} gives for a matrix of these. */
export const expectedContents = (
  from: readonly MadeItem[],
  valuesOf = (vector: Float32Array): Int8Array => quantise(vector, 119).values,
) =>
  from.flatMap(({ itemId, regions }) =>
    regions.map(({ regionId, vector }) => [regionId, itemId, ...valuesOf(vector)]),
  );

/** What is made of the copies in the database, which reach 127. */
export const shortened = (vector: Float32Array): Int8Array =>
  quantise(vector).values.map((value) => Math.sign(value) * Math.round(Math.abs(value * 119) / 127));

/** Turns one bit of a file. */
export function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(file, bytes);
}
