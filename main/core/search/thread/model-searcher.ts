import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadDb } from '../../store/database.ts';
import { scannerReader } from '../../store/scanners.ts';
import { searchReader } from '../../store/search-reader.ts';
import { type MatrixFile, vectorChanges } from '../../store/vector-changes.ts';
import { vectorCopies } from '../../store/vector-copies.ts';
import { floatFile } from '../../vectors/float-file.ts';
import { matrixOfCopies } from '../../vectors/matrix-of-copies.ts';
import { createScanCrew, type ScanCrew } from '../../vectors/scan-crew.ts';
import type { ResidentMatrix } from '../../vectors/resident-matrix.ts';
import { type ArrangedFound, type ArrangedJob, arrangedSearch } from './arranged-search.ts';
import { createMatrixKeeper } from './matrix-keeper.ts';
import type { SearchedModel, SearchSetup } from './search-messages.ts';
import { createSearcher, type Found, type PageWish, type Searcher } from './searcher.ts';

/**
 * Everything that searches with one model need, in the search thread.
 *
 * @param goOn - called again and again by what may take long; what it throws ends the search.
 * @param onTrouble - told why something derived could not be made; answers come all the same.
 */
export function createModelSearcher(
  db: ReadDb,
  { vectorsFolder, builds, quietMs, archiveId, helpers }: SearchSetup,
  model: SearchedModel,
  onSaved: (file: MatrixFile) => void,
  goOn: () => void,
  onTrouble: (thrown: unknown) => void,
) {
  const reader = searchReader(db, model.id);
  const keeper = createMatrixKeeper({
    changes: vectorChanges(db, model.id),
    floats: floatFile(join(vectorsFolder, `model-${model.id}.f32`), model.dimensions, builds),
    truth: reader.vectors.vector,
    ofCopies,
    path: join(vectorsFolder, `model-${model.id}.int8`),
    origin: { archiveId, identity: model.identity, dimensions: model.dimensions },
    onSaved,
    onChanging: (matrix, changed) => searcher.changing(matrix, changed),
  });
  const crews = new WeakMap<ResidentMatrix, ScanCrew>();
  let crew: ScanCrew | undefined;
  const searcher: Searcher = createSearcher({
    reader,
    keeper,
    goOn,
    crewOf(matrix) {
      crew = crews.get(matrix) ?? createScanCrew(matrix, helpers);
      crews.set(matrix, crew);
      return crew;
    },
  });
  const search = arrangedSearch(searcher, reader, scannerReader(db));
  let isTending = false;
  let isTroubled = false;
  let isClosed = false;
  let seenSeq = -1;
  let changedAt = 0;

  function ofCopies(): ResidentMatrix | null {
    if (!searcher.isLarge()) return null;
    const copies = vectorCopies(db, model.id, model.dimensions);
    try {
      const matrix = matrixOfCopies(model.dimensions, copies.blocks(), copies.itemsByRegion());
      return matrix.count === reader.vectors.count() ? matrix : null;
    } catch (thrown) {
      // Laid down in another way than this program knows, or damaged: then the vectors are read one by one.
      if (!isTroubled) onTrouble(thrown);
      isTroubled = true;
      return null;
    }
  }

  /** Makes the matrix and the exact vectors beside it complete, letting queries in between. */
  async function complete(): Promise<void> {
    if (searcher.isLarge()) await keeper.build();
    const some = () => {
      keeper.current();
      return keeper.refine();
    };
    while (!isClosed && reader.atOneMoment(some)) await nextTurn();
  }

  /** Background work: builds the matrix, follows changes, writes the file. */
  async function tend(): Promise<void> {
    if (!builds || isTending) return;
    isTending = true;
    try {
      await complete();
      if (isClosed) return;
      if (keeper.seq !== seenSeq) {
        seenSeq = keeper.seq;
        changedAt = performance.now();
      } else if (performance.now() - changedAt > quietMs) await keeper.save();
    } finally {
      isTending = false;
    }
  }

  return {
    run: (job: ArrangedJob): ArrangedFound => search(job),
    page: (wish: PageWish): Found => searcher.page(wish),
    ids: (snapshot: string, isAbove: boolean): number[] => searcher.ids(snapshot, isAbove),
    tend,
    async close(): Promise<void> {
      isClosed = true;
      keeper.close();
      await crew?.close();
    },
  };
}
export type ModelSearcher = ReturnType<typeof createModelSearcher>;
