import { join } from 'node:path';
import type { Job } from '../../../preload/contract/jobs.ts';
import type { Encoder } from '../encode/encoder.ts';
import type { DecodePool } from '../ingest/decode-pool.ts';
import type { ImportParts } from '../ingest/import-job.ts';
import { createJobs } from '../ingest/job-control.ts';
import { createLabelling } from '../label/labelling.ts';
import { createVocabularies } from '../label/vocabularies.ts';
import type { Log } from '../log.ts';
import { mediaFolder } from '../media/media.ts';
import { createTags } from '../curate/tags.ts';
import { createUndo } from '../curate/undo.ts';
import { createEvaluations } from '../search/evaluation/evaluations.ts';
import { heldImages } from '../search/held-images.ts';
import { createJudgings } from '../search/judgings.ts';
import { createQueryHistory } from '../search/saved/query-history.ts';
import { createSavedSearches } from '../search/saved/saved-searches.ts';
import { createSearch } from '../search/search.ts';
import { createSlideScanLink } from '../search/slides/slide-scan-link.ts';
import { openArchive } from '../store/archive.ts';
import type { ModelRow } from '../store/vectors.ts';
import { undoableEvaluations, undoableSaved, undoableVocabularies } from './undoable.ts';
import { dicomFrames } from './dicom-frames.ts';
import type { ModelService } from './model-service.ts';
import { slideTileFiles } from './slide-tile.ts';

export interface SessionOptions {
  /** `Foo.vitrine`, absolute. */
  readonly folder: string;
  readonly create: boolean;
  readonly demo?: boolean;
  readonly models: ModelService;
  readonly pool: DecodePool;
  readonly onJob: (job: Job) => void;
  readonly log: Log;
}

/** A bundle in use on this archive: its row, and the threads that run it. */
export interface ModelInUse {
  readonly row: ModelRow;
  readonly encoder: Encoder;
}

/** Regions that go through the model and into one transaction together, at least. */
const LEAST_BATCH = 16;

/**
 * An open archive and everything that lives and dies with it.
 *
 * @throws ArchiveError as `openArchive` does.
 */
export function openSession({ folder, create, demo = false, models, pool, onJob, log }: SessionOptions) {
  const archive = openArchive(folder, { create, demo, now: new Date().toISOString() });
  const media = mediaFolder(join(folder, 'media'));
  const jobs = createJobs(archive, onJob, (thrown) => log.error('job', thrown));

  const activeId = async (): Promise<string> =>
    archive.settings.get('activeModel') ?? (await models.defaultId());

  /** @throws ArchiveError as `ModelService.encoder`. */
  async function model(id: string): Promise<ModelInUse> {
    const encoder = await models.encoder(id);
    const { dimensions, preprocessing } = encoder.manifest;
    const named = {
      bundleId: id,
      identity: encoder.identity,
      dimensions,
      preprocessing: preprocessing.version,
    };
    return { encoder, row: archive.vectors.ensureModel(named, new Date().toISOString()) };
  }

  /** The model that searches. */
  const activeModel = async (): Promise<ModelInUse> => model(await activeId());

  const held = heldImages();
  const queryModel = async () => {
    const { row, encoder } = await activeModel();
    return { row, encodeTexts: encoder.encodeTexts, learnedWords: encoder.learnedWords };
  };
  const search = createSearch({ archive, heldImages: held, model: queryModel, log: log.error });

  const slideScan = createSlideScanLink(archive.databasePath);
  const tiles = slideTileFiles({ folder, archive, pool, media });
  const undo = createUndo(archive);
  const vocabularies = undoableVocabularies(archive, undo, createVocabularies(archive));
  const onUnwritten = (thrown: unknown) => log.error('query history', thrown);
  const history = createQueryHistory({ archive, search, onUnwritten });

  return {
    folder,
    archive,
    pool,
    media,
    jobs,
    frames: dicomFrames({ archive, pool, media }),
    activeId,
    activeModel,
    model,
    heldImages: held,
    search,
    saved: undoableSaved(
      archive,
      undo,
      createSavedSearches({ archive, model: queryModel, search, heldImages: held }),
    ),
    history,
    undo,
    tags: createTags(archive, undo),
    judgings: createJudgings({ archive, model: queryModel, search }),
    learning: { archive, model: queryModel, heldImages: held },
    evaluations: undoableEvaluations(archive, undo, createEvaluations({ archive, model: queryModel })),
    slideScan,
    tiles,
    labelling: createLabelling({ archive, model: activeModel }),
    vocabularies,

    /** Makes a model the one that searches; recorded with the time. */
    switchTo(id: string, row: ModelRow): void {
      archive.transaction(() => {
        archive.settings.set('activeModel', id);
        archive.vectors.recordUse(row.id, new Date().toISOString());
        archive.settings.bumpGeneration();
      });
    },

    /** What an import or a re-embedding needs, with the model's device and batch size settled. */
    async importParts({ row, encoder }: ModelInUse, signal?: AbortSignal): Promise<ImportParts> {
      const plan = await models.planImages(encoder, signal);
      return {
        archive,
        pool,
        media,
        model: {
          row,
          preprocessing: encoder.manifest.preprocessing,
          batchSize: Math.max(LEAST_BATCH, plan.batchSize),
          encodeImages: encoder.encodeImages,
        },
      };
    },

    /** Stops its jobs, waits for them, and gives the archive back. */
    async close(): Promise<void> {
      await jobs.close();
      await vocabularies.close();
      await undo.close();
      history.close();
      await search.close();
      await slideScan.close();
      await tiles.close();
      archive.close();
    },
  };
}
export type Session = ReturnType<typeof openSession>;
