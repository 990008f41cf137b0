import type { Precision } from '../bundle.ts';
import { int8Dense } from './graph-int8.ts';
import { floatDense } from './graph-layers.ts';
import { imageGraph } from './graph-image.ts';
import { textGraph } from './graph-text.ts';
import type { ModelPlan } from './model-plan.ts';
import { writeOnnx } from './onnx-file.ts';
import type { Graph } from './onnx-model.ts';
import type { Weights } from './weights.ts';

/** The graphs of one precision, as file names within the bundle. */
export interface WrittenGraphs {
  readonly image: string;
  readonly text: string;
  /** Weights that lie beside the graphs. */
  readonly data: readonly string[];
}

/** Who wrote the files, in the bundle's and the graphs' own words. */
export const PRODUCER = 'vitrine';

/**
 * Writes the graphs of one precision after the other into `folder`. fp32 comes first: int8 shares its text graph,
 * since the text tower does not keep its embeddings in 8 bits.
 */
export function graphWriter(folder: string, plan: ModelPlan, weights: Weights) {
  const filesOf = new Map<string, readonly string[]>();

  function write(name: string, make: () => Graph): readonly string[] {
    const known = filesOf.get(name);
    if (known) return known;
    const files = writeOnnx(folder, name, make(), PRODUCER);
    filesOf.set(name, files);
    return files;
  }

  return (precision: Precision): WrittenGraphs => {
    const real = precision === 'fp16' ? 'float16' : 'float32';
    const denseOf = precision === 'int8' ? int8Dense : floatDense;
    const textName = precision === 'fp16' ? 'text.fp16' : 'text.fp32';
    const [image = '', ...imageData] = write(`image.${precision}`, () =>
      imageGraph(plan, weights, real, denseOf),
    );
    const [text = '', ...textData] = write(textName, () => textGraph(plan, weights, real));
    return { image, text, data: [...imageData, ...textData] };
  };
}
