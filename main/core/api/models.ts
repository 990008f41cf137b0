import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { JobId } from '../../../preload/contract/ids.ts';
import type { Device, Model, modelMethods } from '../../../preload/contract/models.ts';
import type { ListedBundle } from '../encode/bundles.ts';
import { removeBundle } from '../encode/bundles.ts';
import { bundleIdentity } from '../encode/bundle-identity.ts';
import { convertCheckpoint } from '../encode/convert/convert.ts';
import { deviceTitles, listAvailability, requireDevice } from '../encode/devices.ts';
import { bundleFiles, verifyBundle } from '../encode/verify-bundle.ts';
import { activate, isReadWith } from '../session/background.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function modelHandlers(program: Program): HandlersOf<typeof modelMethods> {
  const { models } = program;
  return {
    'model.list': async () => {
      const active = await activeId(program);
      return { models: (await models.list()).map((bundle) => modelOf(program, bundle, active)) };
    },
    'model.verify': async ({ id }, signal) => {
      const bundle = (await models.list()).find((one) => one.id === id);
      if (!bundle) throw new ArchiveError('model.missing', { model: id });
      const { files } = await verifyBundle(bundle.folder, signal);
      return { id, files };
    },
    'model.import': ({ folder, id }) => ({ jobId: JobId.parse(startConversion(program, folder, id)) }),
    'model.activate': async ({ id }) => {
      const job = await activate(program.session(), id);
      program.changed();
      return { jobId: job === null ? null : JobId.parse(job) };
    },
    'model.remove': async ({ id }) => {
      if ((await activeId(program)) === id) throw new ArchiveError('model.active', { model: id });
      const session = program.sessionIfOpen();
      if (session && isReadWith(session, id)) throw new ArchiveError('model.busy', { model: id });
      await models.forget(id);
      await removeBundle(id, models.places);
      return { removed: true };
    },
    'model.history': () => ({ entries: program.session().archive.vectors.uses() }),
    'device.list': ({ probe }, signal) => devices(program, probe, signal),
    'device.choose': async ({ id }, signal) => {
      if (id !== null) requireDevice(id, models.runtimes);
      program.settings.set({ device: id });
      models.reopen();
      program.changed();
      return devices(program, false, signal);
    },
  };
}

async function activeId(program: Program): Promise<string | null> {
  const session = program.sessionIfOpen();
  return session ? session.activeId() : program.models.defaultId().catch(() => null);
}

/** @param path - a checkpoint's folder, or one checkpoint file of a folder that holds several. */
function startConversion(program: Program, path: string, id: string | undefined): number {
  const source = resolve(path);
  const request = { folder: source, id: id ?? null };
  return program.jobs().start('model-import', basename(source), request, async (control) => {
    const isFile = (await stat(source).catch(() => null))?.isFile() === true;
    const converted = await convertCheckpoint({
      folder: isFile ? dirname(source) : source,
      ...(isFile ? { files: [basename(source)] } : {}),
      into: program.models.places.imported,
      ...(id === undefined ? {} : { id }),
      signal: control.signal,
      onProgress: ({ stage, done, total }) => control.stage(stage, { done, total }),
    });
    control.result({ ...converted });
    const failed = Object.entries(converted.parity).filter(([, parity]) => !parity.passed);
    for (const [precision, parity] of failed)
      control.notice(
        `${precision} missed its thresholds and is kept out of use: ${parity.imageCosine.toFixed(4)} image, ${parity.textCosine.toFixed(4)} text.`,
      );
  });
}

function modelOf(program: Program, bundle: ListedBundle, active: string | null): Model {
  const { id, shipped } = bundle;
  const base = { id, shipped, active: id === active };
  if ('fault' in bundle) return { ...base, ...broken, title: id, fault: bundle.fault };
  const { manifest } = bundle;
  const identity = bundleIdentity(manifest);
  const vectors = program.sessionIfOpen()?.archive.vectors;
  const row = vectors?.modelByIdentity(identity);
  return {
    ...base,
    title: manifest.title,
    family: manifest.family,
    origin: manifest.origin,
    licence: manifest.licence,
    notice: manifest.notice,
    identity,
    dimensions: manifest.dimensions,
    inputPx: manifest.preprocessing.sizePx,
    contextLength: manifest.tokenizer.contextLength,
    logitScale: manifest.logitScale,
    sizeBytes: bundleFiles(manifest).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    createdAt: manifest.createdAt,
    precisions: Object.entries(manifest.precisions).map(([precision, { parity }]) => ({ precision, parity })),
    embedded: vectors && row ? vectors.count(row.id) : 0,
    regions: vectors?.countRegions() ?? 0,
    fault: null,
  };
}

const broken = {
  family: '',
  origin: '',
  licence: '',
  notice: null,
  identity: '',
  dimensions: 0,
  inputPx: 0,
  contextLength: 0,
  logitScale: 0,
  sizeBytes: 0,
  createdAt: '',
  precisions: [],
  embedded: 0,
  regions: 0,
};

/** @param probe - true runs the active model on every device, which takes seconds. */
async function devices(program: Program, probe: boolean, signal: AbortSignal) {
  const { models } = program;
  const id = await activeId(program);
  const encoder = id === null ? null : await models.encoder(id).catch(() => null);
  const reports = probe && encoder ? await encoder.listDevices(signal) : listAvailability(models.runtimes);
  return {
    devices: reports.map(({ device, available, reason }): Device => ({
      id: device,
      name: deviceTitles[device],
      available,
      chosen: encoder?.device.name === device,
      reason: encoder?.device.name === device && !probe ? encoder.device.reason : reason,
    })),
    override: models.device() ?? null,
  };
}
