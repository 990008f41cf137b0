import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { PanelRun, Prediction } from '../../../preload/contract/labels.ts';
import type { Input } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';
import { Pages } from '../../client/pages.svelte.ts';
import { distributions, type Distribution } from './distribution.ts';
import { firstPanel, labelsText, parseLabels, templateChoices, type PanelDraft } from './panel-text.ts';

export type Scope = 'archive' | 'selection' | 'filter';
export type Order = NonNullable<Input<'label.predictions'>['order']>;

/** What the panel is applied to, as the rest of the window stands. */
export interface Scopes {
  readonly items: number;
  readonly selected: number;
  readonly where: readonly string[];
  readonly whereText: string;
  readonly selectedIds: () => Promise<ItemId[]>;
}

export interface Template {
  readonly text: string;
  readonly on: boolean;
}

/** Distributions are drawn from at most so many predictions; the screen says so when there are more. */
export const SAMPLE = 5_000;

/** A label panel being written, the runs of it, and the predictions of the run on screen. */
export class Labels {
  #client: Client;
  #templates = $state.raw<readonly Template[]>([]);
  #runs = $state.raw<readonly PanelRun[]>([]);
  #run = $state.raw<PanelRun | null>(null);
  #running = $state(false);
  #error = $state.raw<ArchiveError | null>(null);
  #list = $state.raw<Pages<Prediction> | null>(null);
  #distributions = $state.raw<readonly Distribution[]>([]);
  #label = $state<string | null>(null);
  #order = $state<Order>('probability');
  name = $state('');
  text = $state('');
  scope = $state<Scope>('archive');

  constructor(client: Client) {
    this.#client = client;
    this.edit(firstPanel);
  }

  get labels() {
    return parseLabels(this.text);
  }
  get templates(): readonly Template[] {
    return this.#templates;
  }
  get panel(): PanelDraft {
    const templates = this.#templates.filter(({ on }) => on).map(({ text }) => text);
    return { name: this.name.trim(), labels: this.labels, templates };
  }
  /** Why it cannot be applied yet; undefined when it can. */
  get refused(): string | undefined {
    if (this.name.trim() === '') return 'Give the panel a name';
    if (this.labels.length < 2) return 'Write at least two different labels, one per line';
    if (!this.#templates.some(({ on }) => on)) return 'Choose at least one template';
    return undefined;
  }
  get runs(): readonly PanelRun[] {
    return this.#runs;
  }
  get run(): PanelRun | null {
    return this.#run;
  }
  get running(): boolean {
    return this.#running;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  get list(): Pages<Prediction> | null {
    return this.#list;
  }
  get distributions(): readonly Distribution[] {
    return this.#distributions;
  }
  /** Only items that have this label first; null for all. */
  get label(): string | null {
    return this.#label;
  }
  get order(): Order {
    return this.#order;
  }

  /** Takes a panel into the editor. */
  edit(panel: PanelDraft): void {
    this.name = panel.name;
    this.text = labelsText(panel.labels);
    const others = templateChoices.filter((text) => !panel.templates.includes(text));
    this.#templates = [
      ...panel.templates.map((text) => ({ text, on: true })),
      ...others.map((text) => ({ text, on: false })),
    ];
  }

  startEmpty(): void {
    this.edit({ name: '', labels: [], templates: ['{label}'] });
  }

  setTemplate(text: string, on: boolean): void {
    this.#templates = this.#templates.map((known) => (known.text === text ? { text, on } : known));
  }

  /** Adds a template; it needs `{label}`. Answers whether it was taken. */
  addTemplate(text: string): boolean {
    const template = text.trim();
    if (!template.includes('{label}') || this.#templates.some((known) => known.text === template))
      return false;
    this.#templates = [...this.#templates, { text: template, on: true }];
    return true;
  }

  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const { runs } = await this.#client('label.runs', {});
      this.#runs = runs;
      const shown = runs.find(({ runId }) => runId === this.#run?.runId) ?? runs[0];
      if (shown && shown.runId !== this.#run?.runId) await this.show(shown);
    });
  }

  /** Applies the panel; answers whether there is a result to look at. */
  async apply(scopes: Scopes): Promise<boolean> {
    this.#running = true;
    const done = await this.#guard(async () => {
      const panel = this.panel;
      const input =
        this.scope === 'selection'
          ? { panel, itemIds: await scopes.selectedIds() }
          : { panel, where: this.scope === 'filter' ? [...scopes.where] : [] };
      const run = await this.#client('label.run', input);
      this.#runs = [run, ...this.#runs.filter(({ runId }) => runId !== run.runId)];
      await this.show(run);
    });
    this.#running = false;
    return done;
  }

  async show(run: PanelRun): Promise<void> {
    this.#run = run;
    this.#label = null;
    this.#distributions = [];
    await this.#guard(async () => {
      this.#load(run);
      const input = { runId: run.runId, order: 'item' as const, limit: SAMPLE };
      const { predictions } = await this.#client('label.predictions', input);
      if (this.#run === run) this.#distributions = distributions(run, predictions);
    });
  }

  filter(label: string | null): void {
    this.#label = label;
    if (this.#run) this.#load(this.#run);
  }

  orderBy(order: Order): void {
    this.#order = order;
    if (this.#run) this.#load(this.#run);
  }

  #load(run: PanelRun): void {
    const input = {
      runId: run.runId,
      order: this.#order,
      ...(this.#label !== null && { label: this.#label }),
    };
    const list = new Pages<Prediction>(
      async (offset, limit, signal) => {
        const page = await this.#client('label.predictions', { ...input, offset, limit }, signal);
        return { rows: page.predictions, total: page.total };
      },
      (thrown) => (this.#error = refusal(thrown)),
    );
    this.#list?.stop();
    void list.need(0, 1).then(() => {
      if (this.#run === run) this.#list = list;
    });
  }

  async #guard(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      this.#error = null;
      return true;
    } catch (thrown) {
      this.#error = refusal(thrown);
      return false;
    }
  }
}
