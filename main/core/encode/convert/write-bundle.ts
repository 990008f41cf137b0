import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import {
  BundleManifest,
  type BundleFile,
  type Parity,
  type Precision,
  type PrecisionFiles,
} from '../bundle.ts';
import { hashFile } from '../hash-file.ts';
import { aboutModel, type About } from './about-model.ts';
import { chooseCheckpoint, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { findGolden } from './golden.ts';
import { graphWriter, PRODUCER, type WrittenGraphs } from './graph-writer.ts';
import { probePictures, probeTexts } from './parity-probe.ts';
import { planModel } from './plan.ts';
import { releaseChecks } from './release-checks.ts';
import { readTensor } from './tensor.ts';
import { takeTokenizer } from './tokenizer-files.ts';
import { weightReader, type Weights } from './weights.ts';

export interface BundleRequest {
  /** Folder with the checkpoint, its configuration and tokenizer. Only read. */
  readonly folder: string;
  /** Which checkpoint of the folder; empty leaves the choice to us. */
  readonly files: readonly string[];
  /** An empty folder for the bundle. */
  readonly into: string;
  readonly id: string;
  readonly precisions: readonly Precision[];
  readonly about: About;
}

export interface WrittenBundle {
  /** Those that passed their check. */
  readonly precisions: Precision[];
  readonly parity: Partial<Record<Precision, Parity>>;
}

/** How a conversion is followed, and ended. */
export interface Watch {
  readonly report: (stage: string, done: number, total: number) => void;
  /** Called between stages and before every weight that is read. @throws ArchiveError `request.cancelled` */
  readonly check: () => void;
}

/**
 * Reads a checkpoint, writes its graphs in each precision, checks them, and writes the manifest last.
 *
 * @throws ArchiveError `checkpoint.*`, `tokenizer.invalid`, `model.failed`; `request.cancelled`; `model.parity` when fp32 does not
 *   reproduce its numbers. What was written until then is left to the caller to remove.
 */
export async function writeBundle(request: BundleRequest, watch: Watch): Promise<WrittenBundle> {
  const name = chooseCheckpoint(request.folder, request.files);
  watch.report('reading the checkpoint', 0, 1);
  const checkpoint = await openCheckpoint(request.folder, name);
  try {
    return await writeFrom(checkpoint, request, watch);
  } finally {
    checkpoint.close();
  }
}

async function writeFrom(
  checkpoint: Checkpoint,
  request: BundleRequest,
  { report, check }: Watch,
): Promise<WrittenBundle> {
  const { folder, into, about } = request;
  const precisions: readonly Precision[] = ['fp32', ...request.precisions.filter((one) => one !== 'fp32')];
  const total = 2 + 2 * precisions.length;
  let done = 0;
  const begin = (stage: string) => {
    check();
    report(stage, done++, total);
  };

  const { plan, config } = planModel(folder, checkpoint.tensors);
  const stored = weightReader(checkpoint.tensors, plan);
  const weights: Weights = {
    ...stored,
    read(name) {
      check();
      return stored.read(name);
    },
  };
  const tokenizer = takeTokenizer(folder, into, plan, config);

  begin('hashing the checkpoint');
  const sourceFiles = await hashAll(folder, [...checkpoint.files, ...config.files]);

  const { padId, endId } = tokenizer.entry;
  const probes = {
    pixels: probePictures(config.preprocessing),
    texts: probeTexts(plan.text, padId, endId),
    padId,
  };
  // The expected numbers were computed from float32 weights; a file of halves gives others.
  const golden = isWhollyFloat32(checkpoint) ? findGolden(folder, config.preprocessing) : null;
  const checks = releaseChecks(into, plan, probes, golden);
  const write = graphWriter(into, plan, weights);

  begin('writing fp32');
  const first = write('fp32');
  begin('checking fp32');
  const { parity: firstParity, vectors } = await checks.checkFirst(first, weights, basename(folder));
  if (!firstParity.passed) {
    const { imageCosine, textCosine, maxAbsDiff, against } = firstParity;
    throw new ArchiveError('model.parity', { imageCosine, textCosine, maxAbsDiff, against });
  }
  const written: [Precision, WrittenGraphs, Parity][] = [['fp32', first, firstParity]];
  for (const precision of precisions.slice(1)) {
    begin(`writing ${precision}`);
    const graphs = write(precision);
    begin(`checking ${precision}`);
    written.push([precision, graphs, await checks.checkOther(precision, graphs, vectors)]);
  }

  begin('writing the manifest');
  const hashed = new Map<string, BundleFile>();
  for (const [, graphs] of written) {
    for (const file of [graphs.image, graphs.text, ...graphs.data]) {
      if (!hashed.has(file)) hashed.set(file, { file, ...(await hashFile(join(into, file))) });
    }
  }
  const fileOf = (file: string): BundleFile => hashed.get(file) ?? { file, sha256: '', sizeBytes: 0 };
  const entries = written.map(([precision, { image, text, data }, parity]): [Precision, PrecisionFiles] => [
    precision,
    { image: fileOf(image), text: fileOf(text), data: data.map(fileOf), parity },
  ]);
  const manifest: BundleManifest = {
    format: 1,
    id: request.id,
    ...aboutModel(folder, plan, config, about),
    family: plan.family,
    sourceFiles,
    precisions: Object.fromEntries(entries),
    preprocessing: config.preprocessing,
    tokenizer: { ...tokenizer.entry, files: await hashAll(into, tokenizer.files) },
    dimensions: plan.dimensions,
    logitScale: logitScale(checkpoint, plan.logitScale),
    learnedWords: null,
    createdBy: PRODUCER,
    createdAt: new Date().toISOString(),
  };
  const json = JSON.stringify(BundleManifest.parse(manifest), null, 2);
  writeFileSync(join(into, 'bundle.json'), `${json}\n`, { flush: true });
  return {
    precisions: written.filter(([, , { passed }]) => passed).map(([precision]) => precision),
    parity: Object.fromEntries(written.map(([precision, , parity]) => [precision, parity])),
  };
}

function hashAll(folder: string, files: readonly string[]): Promise<BundleFile[]> {
  return Promise.all(files.map(async (file) => ({ file, ...(await hashFile(join(folder, file))) })));
}

const isWhollyFloat32 = ({ tensors }: Checkpoint): boolean =>
  [...tensors.values()].every(({ storage }) => storage.type === 'float32' || storage.type === 'int64');

/** @throws ArchiveError `checkpoint.broken` when the stored logarithm gives no usable number. */
function logitScale({ tensors }: Checkpoint, name: string): number {
  const tensor = tensors.get(name);
  const scale = Math.exp(tensor ? (readTensor(tensor)[0] ?? NaN) : NaN);
  if (Number.isFinite(scale) && scale > 0) return scale;
  throw new ArchiveError('checkpoint.broken', { tensor: name, reason: 'not a usable logit scale' });
}
