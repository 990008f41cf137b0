import type { Preprocessing } from '../bundle.ts';
import type { StoredTensor } from './tensor.ts';

export type Activation = 'gelu' | 'quick_gelu';

/** A stack of transformer blocks. Widths and counts as in the papers; `hidden` is the MLP's inner width. */
export interface StackShape {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hidden: number;
  /** Added to the variance in layer norms. */
  readonly epsilon: number;
  readonly activation: Activation;
}

export interface VisionShape extends StackShape {
  readonly patchPx: number;
  readonly sizePx: number;
  /** timm's patch convolution has a bias, OpenAI's has none. */
  readonly patchBias: boolean;
  /** OpenAI's tower normalises once more before its first block. */
  readonly preNorm: boolean;
}

export interface TextShape extends StackShape {
  /** `bert`: normalises after each sum, attends both ways. `clip`: normalises before, attends backwards only. */
  readonly kind: 'bert' | 'clip';
  readonly vocabulary: number;
  /** Rows of the position table; at least `contextLength`. */
  readonly positions: number;
  readonly contextLength: number;
  /** Where the text is read off: the first token, the position of the largest id, or of the first `endId`. */
  readonly pooling: { readonly at: 'first' | 'largest' } | { readonly at: 'end'; readonly endId: number };
  /** Inner width of a two-layer projection with GELU between; null for one matrix. */
  readonly projectionHidden: number | null;
}

/** Where one weight of the model lies in the checkpoint. Several sources are put one after the other. */
export interface WeightSource {
  readonly from: readonly string[];
  /** Shape of the whole, after joining and turning. */
  readonly shape: readonly number[];
  /** Stored [in, out] where we want [out, in]. */
  readonly turned?: boolean;
}

/**
 * What a checkpoint is, in one form for all layouts.
 *
 * Weights are named `vision.*` and `text.*`: `patch.weight`, `patch.bias`, `class`, `position`, `preNorm.*`,
 * `token`, `type`, `embeddingNorm.*`, `block.N.{norm1,qkv,out,norm2,fc1,fc2}.{weight,bias}`, `norm.*`,
 * `projection`, `projectionHidden`. Matrices are [out, in] as torch keeps them; qkv holds q, k, v in this order.
 */
export interface ModelPlan {
  readonly family: 'biomedclip' | 'clip';
  readonly vision: VisionShape;
  readonly text: TextShape;
  readonly dimensions: number;
  readonly weights: ReadonlyMap<string, WeightSource>;
  /** Name of the tensor that holds the logarithm of the logit scale. */
  readonly logitScale: string;
  /** Tensors that are no weights and may be there or not, such as `position_ids`. */
  readonly ignored: RegExp;
}

/** What the configuration files add to the tensors. Absent parts follow from the architecture. */
export interface Configuration {
  /** Configuration files that were read, relative to the folder. */
  readonly files: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly contextLength: number | null;
  readonly heads: { readonly vision: number | null; readonly text: number | null };
  readonly epsilon: { readonly vision: number | null; readonly text: number | null };
  readonly activation: { readonly vision: Activation; readonly text: Activation };
  readonly pooling: TextShape['pooling'];
  /** How open_clip or transformers clean a text before it is tokenized. */
  readonly clean: 'whitespace' | 'lower' | 'none';
  /** Name of the model in its own words, when the files tell. */
  readonly modelName: string | null;
}

export type Tensors = ReadonlyMap<string, StoredTensor>;

/** Head counts stand in few files; where they are missing a head is 64 wide, as in all published models. */
export const HEAD_WIDTH = 64;
