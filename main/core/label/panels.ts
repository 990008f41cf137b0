import type { Output, Request } from '../../../preload/contract/methods.ts';
import { Panel, type PanelVersion } from '../../../preload/contract/panels.ts';
import { dot } from '../domain/vector.ts';
import { best } from '../domain/score-map.ts';
import { checkWords } from '../domain/unlearned-words.ts';
import type { PanelVersionRow } from '../store/panels.ts';
import { itemVectors } from './item-vectors.ts';
import { checkPanel, contentHash, leavesOf, wordingHash } from './panel.ts';
import { panelChanges } from './panel-changes.ts';
import { fileNameOf, readPanel, writePanel } from './panel-files.ts';
import { panelLibrary } from './panel-library.ts';
import { labelVectors, promptsOf, wordingsOf } from './prompts.ts';
import type { LabelParts } from './run-panel.ts';
import { wordScorer } from './scorer.ts';

const MOST_PAIRS = 200;

/** Saved panels, their versions and files, and what a model makes of their words. */
export function createPanels({ archive, model, now = () => new Date() }: LabelParts) {
  function list(): Output<'panel.list'> {
    const panels = new Map<string, PanelVersion[]>();
    for (const row of archive.panels.list()) {
      const versions = panels.get(row.name) ?? [];
      versions.push(toVersion(row));
      panels.set(row.name, versions);
    }
    return { panels: [...panels].map(([name, versions]) => ({ name, versions })) };
  }

  /** @throws ArchiveError `panel.invalid`. */
  function save({ panel, by }: Request<'panel.save'>): Output<'panel.save'> {
    checkPanel(panel);
    const hash = contentHash(panel);
    const known = archive.panels.byHash(panel.name, hash);
    if (known) return { ...toVersion(known), added: false };
    const content = JSON.stringify(panel);
    const version = { hash, wordingHash: wordingHash(panel), content, reader: by, at: now().toISOString() };
    return { ...toVersion(archive.panels.add(panel.name, version)), added: true };
  }

  /** @throws ArchiveError `panel.invalid`, or what the model refuses. */
  async function words(
    { panel }: Request<'panel.words'>,
    signal?: AbortSignal,
  ): Promise<Output<'panel.words'>> {
    checkPanel(panel);
    const { row, encoder } = await model();
    const prompts = promptsOf(panel).presence;
    const { vectors, tokens, truncatedWords } = await encoder.encodeTexts(prompts.flat(), signal);
    const rows = labelVectors(prompts, vectors, row.dimensions);
    const names = leavesOf(panel).map(({ name }) => name);
    const vectorOf = (index: number) => rows.subarray(index * row.dimensions, (index + 1) * row.dimensions);
    const pairs = names.flatMap((a, first) =>
      names
        .slice(first + 1)
        .map((b, offset) => ({ a, b, cosine: dot(vectorOf(first), vectorOf(first + 1 + offset)) })),
    );
    return {
      pairs: pairs.sort((a, b) => b.cosine - a.cosine).slice(0, MOST_PAIRS),
      prompts: prompts.flat().length,
      longestTokens: tokens.reduce((a, b) => Math.max(a, b), 0),
      contextLength: encoder.manifest.tokenizer.contextLength,
      truncated: prompts.flat().filter((_, index) => (truncatedWords[index] ?? 0) > 0),
      unlearned: leavesOf(panel).flatMap((label) => {
        const { unlearned } = checkWords(wordingsOf(label), encoder.learnedWords ?? null);
        return unlearned.length > 0 ? [{ label: label.name, words: [...unlearned] }] : [];
      }),
    };
  }

  /**
   * The prompt lab. Each wording is scored on its own, over the templates, and left out once to see what it decides.
   *
   * @throws ArchiveError `panel.invalid`, `query.not-embedded` when none of the items has a vector.
   */
  async function wordings(
    { panel, itemIds }: Request<'panel.wordings'>,
    signal?: AbortSignal,
  ): Promise<Output<'panel.wordings'>> {
    checkPanel(panel);
    const used = await model();
    const { dimensions } = used.row;
    const items = itemVectors(archive, used.row.id, itemIds);
    const whole = (await wordScorer(archive, used, { ...panel, mode: 'exclusive' }, signal)).rows;
    const firstOf = (rows: Float32Array) =>
      items.map((item) => best(Float64Array.from(scoresOf(item, rows, dimensions))));
    const usual = firstOf(whole);
    const result: Output<'panel.wordings'>['wordings'] = [];
    for (const [place, label] of leavesOf(panel).entries()) {
      const names = wordingsOf(label);
      const lists = names.map((wording) =>
        panel.templates.map((template) => template.replaceAll('{label}', () => wording)),
      );
      const { vectors } = await used.encoder.encodeTexts(lists.flat(), signal);
      const alone = labelVectors(lists, vectors, dimensions);
      names.forEach((wording, index) => {
        const own = alone.subarray(index * dimensions, (index + 1) * dimensions);
        const scores = items.map((item) => dot(item, own));
        let changes = 0;
        if (names.length > 1) {
          const rest = lists.filter((_, other) => other !== index);
          const size = panel.templates.length * dimensions;
          const kept = Float32Array.from(
            vectors.filter((_, at) => at < index * size || at >= (index + 1) * size),
          );
          const without = whole.slice();
          without.set(labelVectors([rest.flat()], kept, dimensions), place * dimensions);
          changes = firstOf(without).filter((first, item) => first !== usual[item]).length;
        }
        const score = scores.reduce((sum, one) => sum + one, 0) / scores.length;
        result.push({ label: label.name, wording, score, changes });
      });
    }
    return { wordings: result, items: items.length };
  }

  return {
    list,
    save,
    words,
    wordings,
    compare: ({ from, to }: Request<'panel.compare'>) => ({ changes: panelChanges(from, to) }),
    library: (): Output<'panel.library'> => ({
      panels: panelLibrary.map(({ about, panel }) => ({ about, panel: Panel.parse(panel) })),
    }),
    exportPanel: ({ panel, as }: Request<'panel.export'>) => ({
      text: writePanel(panel, as),
      fileName: fileNameOf(panel.name, as),
    }),
    importPanel: ({ text, name }: Request<'panel.import'>) => ({ panel: readPanel(text, name) }),
  };
}

function scoresOf(item: Float32Array, rows: Float32Array, dimensions: number): number[] {
  return Array.from({ length: rows.length / dimensions }, (_, index) =>
    dot(item, rows.subarray(index * dimensions, (index + 1) * dimensions)),
  );
}

const toVersion = ({ id, number, hash, content, reader, at }: PanelVersionRow): PanelVersion => ({
  versionId: id,
  number,
  hash,
  panel: Panel.parse(JSON.parse(content)),
  at,
  by: reader,
});
