import { join } from 'node:path';
import type { Parity, Precision } from '../bundle.ts';
import { runsTogether } from '../precision.ts';
import { compareGolden, worseOfBoth, type Golden } from './golden.ts';
import type { ModelPlan } from './model-plan.ts';
import { compareVectors, parityRecord, rankAgreement, type ProbeVectors } from './parity.ts';
import { padTexts, PROBES } from './parity-probe.ts';
import { plainForward } from './plain-forward.ts';
import { runImages, runTexts } from './run-graph.ts';
import type { Weights } from './weights.ts';

/** The graphs of one precision: file names within the bundle. */
export interface GraphPair {
  readonly image: string;
  readonly text: string;
}

/** What the checks compute with. */
export interface Probes {
  /** [PROBES, 3, size, size] */
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly texts: readonly (readonly number[])[];
  readonly padId: number;
}

/** How many texts are computed a second time in full. */
const PLAIN_TEXTS = 2;

/** The checks that a precision passes before it is used, over the graphs that lie in `folder`. */
export function releaseChecks(folder: string, plan: ModelPlan, probes: Probes, golden: Golden | null) {
  const { sizePx } = plan.vision;
  const pathsOf = (graphs: GraphPair) => ({
    image: join(folder, graphs.image),
    text: join(folder, graphs.text),
  });

  async function vectorsOf(precision: Precision, graphs: GraphPair): Promise<ProbeVectors> {
    const paths = pathsOf(graphs);
    const atOnce = runsTogether(precision) ? PROBES : 1;
    return {
      image: await runImages(paths.image, probes.pixels, sizePx, atOnce),
      text: await runTexts(paths.text, padTexts(probes.texts, probes.padId)),
    };
  }

  /** fp32 against the plain forward pass, and against the expected numbers where there are any. */
  async function checkFirst(
    graphs: GraphPair,
    weights: Weights,
    goldenName: string,
  ): Promise<{ parity: Parity; vectors: ProbeVectors }> {
    const vectors = await vectorsOf('fp32', graphs);
    const { dimensions } = plan;
    const plain = plainForward(plan, weights);
    const picture = plain.image(probes.pixels.subarray(0, probes.pixels.length / PROBES));
    const texts = probes.texts.slice(0, PLAIN_TEXTS).flatMap((ids) => [...plain.text(ids)]);
    const head = (rows: number, { data }: { data: Float32Array }) => ({
      data: data.subarray(0, rows * dimensions),
      dimensions,
    });
    const found = {
      image: compareVectors(head(1, vectors.image), picture),
      text: compareVectors(head(PLAIN_TEXTS, vectors.text), texts),
    };
    const both = golden ? worseOfBoth(found, await compareGolden(golden, pathsOf(graphs), sizePx)) : found;
    const against = golden ? `plain forward pass and expected.json of ${goldenName}` : 'plain forward pass';
    return { parity: parityRecord('fp32', against, both.image, both.text, null), vectors };
  }

  /** Another precision against fp32. */
  async function checkOther(
    precision: Precision,
    graphs: GraphPair,
    expected: ProbeVectors,
  ): Promise<Parity> {
    const found = await vectorsOf(precision, graphs);
    const image = compareVectors(found.image, expected.image.data);
    const text = compareVectors(found.text, expected.text.data);
    return parityRecord(precision, 'fp32', image, text, rankAgreement(found, expected));
  }

  return { checkFirst, checkOther };
}
