import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { fileMethods } from '../../../preload/contract/files.ts';
import { ArchiveError, faultOf } from '../../../preload/contract/faults.ts';
import { benchBundle } from '../encode/bench-bundle.ts';
import { findBundle } from '../encode/bundles.ts';
import { addCuda } from '../encode/cuda-libraries.ts';
import { verifyBundle } from '../encode/verify-bundle.ts';
import { mapBounded } from '../ingest/flow.ts';
import { encodeFile } from '../session/encode-file.ts';
import { heatPng, heatText } from '../session/heat-file.ts';
import { originalOf } from '../session/item-picture.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function fileHandlers(program: Program): Omit<HandlersOf<typeof fileMethods>, 'openslide.choose'> {
  const { pool, models } = program;
  return {
    'file.inspect': async ({ paths, frame }, signal) => {
      async function* each() {
        yield* paths;
      }
      const files = [];
      const inspected = mapBounded(each(), pool.threads + 1, async (path) => {
        try {
          const inspection = await pool.inspect({ path: resolve(path), frame }, signal);
          return { path, inspection: { ...inspection }, fault: null };
        } catch (thrown) {
          signal.throwIfAborted();
          return { path, inspection: null, fault: faultOf(thrown) };
        }
      });
      for await (const one of inspected) files.push(one);
      return { files };
    },

    'model.bench': async ({ modelId }, signal) => {
      const { folder } = await findBundle(modelId, models.places);
      const { manifest } = await verifyBundle(folder, signal);
      const device = models.device();
      const lines = await benchBundle(
        { folder, manifest, runtimes: models.runtimes, ...(device === undefined ? {} : { device }) },
        signal,
      );
      return { id: modelId, lines };
    },

    'device.add-cuda': async ({ path }) => {
      const added = await addCuda(resolve(path), models.runtimes);
      return { ...added, files: [...added.files], missing: [...added.missing] };
    },

    'slide.saveHeat': async ({ as, stretch, out, ...request }, signal) => {
      const session = program.session();
      if (as === 'png') {
        const { png, ...figures } = await heatPng(session, request, stretch, signal);
        return { path: await written(out, png), ...figures };
      }
      const { text, ...figures } = await heatText(session, request, as, signal);
      return { path: await written(out, text), ...figures };
    },

    'file.render': async (request, signal) => {
      const { itemId, as, frame, window } = request;
      const path =
        itemId === undefined ? resolve(request.path ?? '') : await originalOf(program.session(), itemId);
      const session = program.sessionIfOpen();
      const id = request.modelId ?? (session ? await session.activeId() : await models.defaultId());
      const { preprocessing } = (await models.encoder(id)).manifest;
      const wish = window === undefined ? {} : { window };
      if (request.region) {
        const { bytes, widthPx, heightPx } = await pool.slideCut(
          { path, place: request.region, level: request.level },
          signal,
        );
        return { path: await written(request.out, bytes), width: widthPx, height: heightPx, preparation: [] };
      }
      const task = { path, as: as === 'full' ? 'original' : as, frame, preprocessing, ...wish } as const;
      const made = await pool.derive(task, signal);
      return {
        path: await written(request.out, made.bytes),
        width: made.widthPx,
        height: made.heightPx,
        preparation: made.preparation,
      };
    },

    'model.encode': (request, signal) => encodeFile(program, request, signal),
  };
}

/** Absolute path of the file that was written. @throws ArchiveError `file.unwritable` */
async function written(out: string, content: Uint8Array | string): Promise<string> {
  const path = resolve(out);
  await writeFile(path, content).catch((cause: unknown) => {
    throw new ArchiveError('file.unwritable', { path }, { cause });
  });
  return path;
}
