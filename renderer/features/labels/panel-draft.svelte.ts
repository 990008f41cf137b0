// Maps here are replaced as a whole under $state.raw, never changed in place.
/* eslint-disable svelte/prefer-svelte-reactivity */
import type { PanelInput } from '../../../preload/contract/panels.ts';
import { labelsText, parseLabels, templateChoices } from './panel-text.ts';

type LabelInput = PanelInput['labels'][number];

/** Codes that a label may have. */
const MOST_CODES = 20;

export interface Template {
  readonly text: string;
  readonly on: boolean;
}

/**
 * The panel in the editor. Names and synonyms are text; what the text does not show of a label (its parent, codes, wordings
 * of its absence) stays with the label's name while that is there.
 */
export class PanelDraft {
  #templates = $state.raw<readonly Template[]>([]);
  #more = $state.raw<ReadonlyMap<string, LabelInput>>(new Map());
  name = $state('');
  text = $state('');
  mode = $state<'exclusive' | 'independent'>('exclusive');
  topTiles = $state(50);

  get labels() {
    return parseLabels(this.text);
  }
  get templates(): readonly Template[] {
    return this.#templates;
  }
  get panel(): PanelInput {
    return {
      name: this.name.trim(),
      mode: this.mode,
      labels: this.labels.map((label) => ({
        ...this.#more.get(label.name),
        ...label,
        parent: this.parentOf(label.name),
      })),
      templates: this.#templates.filter(({ on }) => on).map(({ text }) => text),
      topTiles: this.topTiles,
    };
  }
  /** Why it cannot be used yet; undefined when it can. */
  get refused(): string | undefined {
    if (this.name.trim() === '') return 'Give the panel a name';
    if (this.labels.length < 2) return 'Write at least two different labels, one per line';
    if (this.competing.length < 2) return 'At least two labels must not be the whole of others';
    if (!this.#templates.some(({ on }) => on)) return 'Choose at least one template';
    return undefined;
  }
  /** Labels that get prompts: those that are not the whole of others. */
  get competing() {
    const wholes = new Set(this.labels.map(({ name }) => this.parentOf(name)));
    return this.labels.filter(({ name }) => !wholes.has(name));
  }

  /** Takes a panel into the editor. */
  edit(panel: PanelInput): void {
    const { templates = ['{label}'] } = panel;
    this.name = panel.name;
    this.mode = panel.mode ?? 'exclusive';
    this.topTiles = panel.topTiles ?? 50;
    this.text = labelsText(panel.labels.map(({ name, synonyms = [] }) => ({ name, synonyms })));
    this.#more = new Map(panel.labels.map((label) => [label.name, label]));
    const others = templateChoices.filter((text) => !templates.includes(text));
    this.#templates = [
      ...templates.map((text) => ({ text, on: true })),
      ...others.map((text) => ({ text, on: false })),
    ];
  }

  /** The label that this one is a kind of, while that is written too. */
  parentOf(name: string): string | null {
    const parent = this.#more.get(name)?.parent ?? null;
    return this.labels.some((label) => label.name === parent) ? parent : null;
  }

  /** Labels that it can be a kind of without being a part of itself. */
  parentsFor(name: string): string[] {
    const isUnder = (label: string): boolean => {
      const seen = new Set<string>();
      for (let at: string | null = label; at !== null && !seen.has(at); at = this.parentOf(at)) {
        if (at === name) return true;
        seen.add(at);
      }
      return false;
    };
    return this.labels.map((label) => label.name).filter((label) => !isUnder(label));
  }

  codesOf(name: string): readonly string[] {
    return this.#more.get(name)?.codes ?? [];
  }
  negativesOf(name: string): readonly string[] {
    return this.#more.get(name)?.negatives ?? [];
  }
  isNone(name: string): boolean {
    return this.#more.get(name)?.none ?? false;
  }

  /** Sets what the text does not show of a label. */
  change(name: string, part: Partial<Pick<LabelInput, 'parent' | 'none' | 'negatives'>>): void {
    this.#more = new Map([...this.#more, [name, { ...(this.#more.get(name) ?? { name }), ...part }]]);
  }

  /** Puts a code on a label, or takes it off. */
  toggleCode(name: string, code: string): void {
    const codes = this.codesOf(name);
    const next = codes.includes(code) ? codes.filter((known) => known !== code) : [...codes, code];
    if (next.length > MOST_CODES) return;
    this.#more = new Map([...this.#more, [name, { ...(this.#more.get(name) ?? { name }), codes: next }]]);
  }

  startEmpty(): void {
    this.edit({ name: '', labels: [], templates: ['{label}'] });
  }

  setTemplate(text: string, on: boolean): void {
    this.#templates = this.#templates.map((known) => (known.text === text ? { text, on } : known));
  }

  /** Switches these on and all others off. */
  useTemplates(texts: readonly string[]): void {
    const others = this.#templates.filter(({ text }) => !texts.includes(text));
    this.#templates = [
      ...texts.map((text) => ({ text, on: true })),
      ...others.map(({ text }) => ({ text, on: false })),
    ];
  }

  /** Adds a template; it needs `{label}`. Answers whether it was taken. */
  addTemplate(text: string): boolean {
    const template = text.trim();
    if (!template.includes('{label}') || this.#templates.some((known) => known.text === template))
      return false;
    this.#templates = [...this.#templates, { text: template, on: true }];
    return true;
  }
}
