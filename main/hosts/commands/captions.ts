import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import type { Answer, CommandContext } from './context.ts';
import { readText } from './given-file.ts';
import { table } from './table.ts';

type Pair = Input<'search.evaluate'>['pairs'][number];
type Figures = Output<'search.evaluate'>['imageToText'];

/** `evaluate --captions F.jsonl` */
export async function evaluateCaptions(call: CommandContext['call'], path: string): Promise<Answer> {
  const evaluation = await call('search.evaluate', { pairs: readPairs(path) });
  const { imageToText, items, unknownItems } = evaluation;
  const rows = [
    ['text to picture', ...cells(evaluation)],
    ['picture to text', ...cells(imageToText)],
    ...[...evaluation.byModality, ...evaluation.bySource].flatMap((split) =>
      split.textToImage ? [[`  ${split.value}`, ...cells(split.textToImage)]] : [],
    ),
  ];
  const head = `evaluation ${evaluation.evaluationId}: ${evaluation.texts} texts, ${items} items, ${unknownItems} lines about items that are not here`;
  return { json: evaluation, text: `${head}\n${table([figureHeads, ...rows])}` };
}

export const figureHeads = [
  '',
  'n',
  'MRR',
  'recall@1',
  'recall@5',
  'recall@10',
  'recall@50',
  'nDCG@10',
  'mAP',
];

export const cells = ({ n, mrr, recall, ndcg10, map, intervals }: Figures): string[] => [
  String(n),
  between(mrr, intervals.mrr),
  between(recall[1], intervals.recall[1]),
  between(recall[5], intervals.recall[5]),
  between(recall[10], intervals.recall[10]),
  between(recall[50], intervals.recall[50]),
  between(ndcg10, intervals.ndcg10),
  between(map, intervals.map),
];

const between = (value: number, interval: Figures['intervals']['mrr']): string =>
  interval
    ? `${value.toFixed(3)} (${interval.low.toFixed(3)}–${interval.high.toFixed(3)})`
    : value.toFixed(3);

/** @throws ArchiveError `captions.unreadable` with the line; as `readText` */
function readPairs(path: string): Pair[] {
  const lines = readText(path).split(/\r?\n/);
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [pairOf(line, index + 1)]));
}

function pairOf(line: string, number: number): Pair {
  const refuse = (why: string): never => {
    throw new ArchiveError('captions.unreadable', { line: number, why });
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    refuse('not JSON');
  }
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const text = fields['text'] ?? fields['caption'];
  if (typeof text !== 'string' || text.trim() === '') return refuse('"text" or "caption" is needed');
  const { itemId, sha256 } = fields;
  const place = fields['path'] ?? fields['image'] ?? fields['file'];
  if (typeof itemId === 'number') return { text, itemId: itemId as NonNullable<Pair['itemId']> };
  if (typeof sha256 === 'string') return { text, sha256 };
  if (typeof place === 'string') return { text, path: place };
  return refuse('"itemId", "sha256" or "path" is needed');
}
