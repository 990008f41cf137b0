import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { ArchiveError, faultOf, type Fault } from '../../../preload/contract/faults.ts';
import type { BundleManifest } from './bundle.ts';
import { bundleFiles, readManifest } from './verify-bundle.ts';

/** Where bundles lie: one folder each, named by the bundle's id. */
export interface BundlePlaces {
  /** The program's own `models` folder; never written to. */
  readonly shipped: string;
  /** In the user's data folder. */
  readonly imported: string;
}

interface BundlePlace {
  readonly id: string;
  readonly folder: string;
  readonly shipped: boolean;
}
export interface UsableBundle extends BundlePlace {
  readonly manifest: BundleManifest;
}
/** A folder that should be a bundle and cannot be used, and why. */
export interface BrokenBundle extends BundlePlace {
  readonly fault: Fault;
}
export type ListedBundle = UsableBundle | BrokenBundle;

/**
 * Every bundle, shipped ones first, then by id. Only names and sizes are looked at; checksums are compared when a
 * bundle is used.
 */
export async function listBundles(places: BundlePlaces): Promise<ListedBundle[]> {
  const shipped = await listPlace(places.shipped, true);
  const taken = new Set(shipped.map(({ id }) => id));
  const imported = await listPlace(places.imported, false);
  return [...shipped, ...imported.filter(({ id }) => !taken.has(id))];
}

async function listPlace(place: string, shipped: boolean): Promise<ListedBundle[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && /^[a-z0-9]/.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
  return await Promise.all(names.map((id) => look({ id, folder: join(place, id), shipped })));
}

async function look(place: BundlePlace): Promise<ListedBundle> {
  try {
    const manifest = await readManifest(place.folder);
    if (manifest.id !== place.id) {
      throw new ArchiveError('model.invalid', { model: place.id, reason: `bundle.json says ${manifest.id}` });
    }
    for (const { file, sizeBytes } of bundleFiles(manifest)) {
      const found = await stat(join(place.folder, file)).catch(() => undefined);
      if (!found) throw new ArchiveError('model.missing', { model: place.id, file });
      if (found.size !== sizeBytes) throw new ArchiveError('model.altered', { model: place.id, file });
    }
    return { ...place, manifest };
  } catch (thrown) {
    return { ...place, fault: faultOf(thrown) };
  }
}

/**
 * The usable bundle of that id.
 *
 * @throws ArchiveError `model.missing` when there is none, or the fault of a broken one.
 */
export async function findBundle(id: string, places: BundlePlaces): Promise<UsableBundle> {
  const found = (await listBundles(places)).find((bundle) => bundle.id === id);
  if (!found) throw new ArchiveError('model.missing', { model: id });
  if ('fault' in found) throw new ArchiveError(found.fault.code, found.fault.details);
  return found;
}

/**
 * Deletes an imported bundle, broken or not.
 *
 * @throws ArchiveError `model.shipped`, `model.missing`.
 */
export async function removeBundle(id: string, places: BundlePlaces): Promise<void> {
  const found = (await listBundles(places)).find((bundle) => bundle.id === id);
  if (!found) throw new ArchiveError('model.missing', { model: id });
  if (found.shipped) throw new ArchiveError('model.shipped', { model: id });
  // Renamed first: an interrupted removal leaves no half of a bundle under its name.
  const doomed = join(places.imported, `.removed-${id}-${process.pid}`);
  await rename(found.folder, doomed);
  await rm(doomed, { recursive: true, force: true });
}
