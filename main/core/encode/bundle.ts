import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A file of the bundle: its name relative to the bundle folder, and what it must contain. */
const BundleFile = z.object({
  file: z.string().regex(/^[\w][\w.-]*$/),
  sha256: Sha256,
  sizeBytes: z.int().positive(),
});
export type BundleFile = z.infer<typeof BundleFile>;

export const Precision = z.enum(['fp32', 'fp16', 'int8']);
export type Precision = z.infer<typeof Precision>;

export const Parity = z.object({
  /** Smallest cosine between the bundle's embeddings and the expected ones. */
  imageCosine: z.number(),
  textCosine: z.number(),
  /** Largest absolute difference of an L2-normalised embedding's component. */
  maxAbsDiff: z.number(),
  /** Share of the checked pairs ranked in the same order, in [0, 1]. */
  rankAgreement: z.number().nullable(),
  /** What it was compared with: 'expected.json of …', 'plain forward pass', 'fp32'. */
  against: z.string(),
  runtime: z.string(),
  device: z.string(),
  /** ISO date and time. */
  at: z.string(),
  /** False: the thresholds were missed and the precision is kept out of use. */
  passed: z.boolean(),
});
export type Parity = z.infer<typeof Parity>;

/** Precisions may share files: int8 keeps its text graph in floating point, the one of fp32. */
const PrecisionFiles = z.object({
  image: BundleFile,
  text: BundleFile,
  /** External data of either graph, when there is any; loaded from beside the graph. */
  data: z.array(BundleFile).default([]),
  parity: Parity.nullable(),
});
export type PrecisionFiles = z.infer<typeof PrecisionFiles>;

/** How a picture becomes the model's input tensor. Order: resize, crop, scale to [0, 1], normalise. */
export const Preprocessing = z.object({
  /** Changes whenever the same picture would give another tensor; part of what makes vectors comparable. */
  version: z.string(),
  sizePx: z.int().positive(),
  resize: z.enum(['shortest', 'squash']),
  interpolation: z.enum(['bicubic', 'bilinear']),
  /** 'open_clip': round half to even; 'floor': transformers' processors. */
  cropRounding: z.enum(['open_clip', 'floor']).default('open_clip'),
  mean: z.tuple([z.number(), z.number(), z.number()]),
  std: z.tuple([z.number(), z.number(), z.number()]),
});
export type Preprocessing = z.infer<typeof Preprocessing>;

export const Tokenizer = z.object({
  kind: z.enum(['bert-wordpiece', 'clip-bpe']),
  /** `tokenizer.json` for WordPiece, `vocab.json` + `merges.txt` for CLIP's byte pairs. */
  files: z.array(BundleFile).min(1),
  /** Cleaning before tokenizing: open_clip's HFTokenizer cleans white space by ftfy, transformers does not. */
  clean: z.enum(['whitespace', 'lower', 'none']),
  contextLength: z.int().positive(),
  padId: z.int().nonnegative(),
  /** Token whose position is pooled: absent where pooling is at the first token. */
  endId: z.int().nonnegative().nullable(),
});
export type Tokenizer = z.infer<typeof Tokenizer>;

/**
 * `bundle.json`: everything needed to run a model reproducibly.
 *
 * ONNX contract. Image graph: input `pixels` float32 [n, 3, size, size] after normalising, output `image`
 * float32 [n, d], unit length. Text graph: inputs `ids` int64 [n, t] and `mask` int64 [n, t] (1 = read), output
 * `text` float32 [n, d], unit length; t is dynamic up to the context length.
 */
export const BundleManifest = z.object({
  format: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  title: z.string(),
  family: z.enum(['biomedclip', 'clip']),
  /** The checkpoint and configuration it was made from. */
  sourceFiles: z.array(BundleFile),
  precisions: z.partialRecord(Precision, PrecisionFiles),
  preprocessing: Preprocessing,
  tokenizer: Tokenizer,
  dimensions: z.int().positive(),
  /** exp of the checkpoint's stored logarithm; multiplies cosines before a softmax. */
  logitScale: z.number().positive(),
  licence: z.string(),
  origin: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** A sentence to be shown wherever the model is named, such as that its weights are random. */
  notice: z.string().nullable(),
  /** Words of the texts it was trained on, lower case, one a line; null where they are not known or as good as all. */
  learnedWords: BundleFile.nullable().default(null),
});
export type BundleManifest = z.infer<typeof BundleManifest>;
