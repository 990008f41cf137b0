import type { Direction, RetrievalFigures, StoredEvaluation } from '../../../preload/contract/evaluations.ts';
import { spread } from '../../ui/format.ts';

export const directions = [
  'textToImage',
  'imageToText',
  'imageToImage',
] as const satisfies readonly Direction[];

const words: Readonly<Record<Direction, string>> = {
  textToImage: 'Words find pictures',
  imageToText: 'Pictures find words',
  imageToImage: 'Pictures find pictures',
};

/** What a direction asks, in the words of an evaluation of that kind. */
export const directionWord = (direction: Direction, kind: StoredEvaluation['kind']): string =>
  kind === 'stress' ? 'Changed pictures find themselves' : words[direction];

export const kindWords: Readonly<Record<StoredEvaluation['kind'], string>> = {
  captions: 'Captions',
  truth: 'Truth table',
  stress: 'Stress set',
};

export const figureWords: Readonly<Record<string, string>> = {
  mrr: 'MRR',
  'recall@1': 'Recall@1',
  'recall@5': 'Recall@5',
  'recall@10': 'Recall@10',
  'recall@50': 'Recall@50',
  ndcg10: 'nDCG@10',
  map: 'mAP',
};

export interface NamedFigure {
  readonly name: string;
  readonly value: number;
  readonly interval: RetrievalFigures['intervals']['mrr'];
}

/** All figures of a direction, in the order in which they are read. */
export function namedFigures({ mrr, recall, ndcg10, map, intervals }: RetrievalFigures): NamedFigure[] {
  return [
    { name: 'MRR', value: mrr, interval: intervals.mrr },
    ...([1, 5, 10, 50] as const).map((depth) => ({
      name: `Recall@${depth}`,
      value: recall[depth],
      interval: intervals.recall[depth],
    })),
    { name: 'nDCG@10', value: ndcg10, interval: intervals.ndcg10 },
    { name: 'mAP', value: map, interval: intervals.map },
  ];
}

export const figureText = ({ value, interval }: Omit<NamedFigure, 'name'>): string =>
  interval ? spread(interval, 2) : value.toFixed(2);
