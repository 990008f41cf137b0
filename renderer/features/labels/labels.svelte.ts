import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Job } from '../../../preload/contract/jobs.ts';
import type { PanelRun, Prediction } from '../../../preload/contract/labels.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { faultError, refusal, type Client } from '../../client/client.ts';
import type { Jobs } from '../../client/jobs.svelte.ts';
import { Pages } from '../../client/pages.svelte.ts';
import { Calibrations } from './calibrations.svelte.ts';
import { distributions, type Distribution } from './distribution.ts';
import { EvaluationState } from './evaluation.svelte.ts';
import { PanelDraft } from './panel-draft.svelte.ts';
import { firstPanel } from './panel-text.ts';
import { Review } from './review.svelte.ts';
import { VocabularyLookup } from './vocabulary.svelte.ts';
import { SavedPanels } from './saved-panels.svelte.ts';

export type Scope = 'archive' | 'selection' | 'filter';
export type Order = NonNullable<Input<'label.predictions'>['order']>;
export type Comparison = Output<'label.compare'>;
/** Which predictions of a run are listed. */
export type Shown =
  { readonly is: 'all' } | { readonly is: 'label'; readonly label: string } | { readonly is: 'uncertain' };

/** What a run can be asked for, and what it does when it is not asked. */
export type Abstain = NonNullable<Input<'label.start'>['abstain']> | { readonly is: 'calibrated' };

/** What the panel is applied to, as the rest of the window stands. */
export interface Scopes {
  readonly items: number;
  readonly selected: number;
  readonly where: readonly string[];
  readonly whereText: string;
  readonly selectedIds: () => Promise<ItemId[]>;
  /** The folder dialog; null when it was closed without a choice. */
  readonly chooseVocabulary: () => Promise<string | null>;
}

/** Distributions are drawn from at most so many predictions; the screen says so when there are more. */
export const SAMPLE = 1_000;

/** Label panels: the one being written, its runs, their review and calibration. */
export class Labels {
  #client: Client;
  #jobs: Jobs;
  #runs = $state.raw<readonly PanelRun[]>([]);
  #run = $state.raw<PanelRun | null>(null);
  #starting = $state(false);
  #error = $state.raw<ArchiveError | null>(null);
  #list = $state.raw<Pages<Prediction> | null>(null);
  #distributions = $state.raw<readonly Distribution[]>([]);
  #shown = $state.raw<Shown>({ is: 'all' });
  #order = $state<Order>('probability');
  #comparedWith = $state<number | null>(null);
  #comparison = $state.raw<Comparison | null>(null);
  readonly draft = new PanelDraft();
  readonly saved: SavedPanels;
  readonly vocabulary: VocabularyLookup;
  readonly review: Review;
  readonly calibrations: Calibrations;
  readonly evaluation: EvaluationState;
  scope = $state<Scope>('archive');
  /** When the next run says "uncertain"; `calibrated` leaves it to the line chosen with the calibration. */
  abstain = $state.raw<Abstain>({ is: 'calibrated' });

  constructor(client: Client, jobs: Jobs) {
    this.#client = client;
    this.#jobs = jobs;
    const failed = (error: ArchiveError | null) => (this.#error = error);
    this.saved = new SavedPanels(client, failed);
    this.vocabulary = new VocabularyLookup(client, jobs, failed);
    this.review = new Review(client, failed);
    this.calibrations = new Calibrations(client, failed);
    this.evaluation = new EvaluationState(client, failed);
    this.draft.edit(firstPanel);
  }

  get runs(): readonly PanelRun[] {
    return this.#runs;
  }
  get run(): PanelRun | null {
    return this.#run;
  }
  /** The run under way, also one that another window started. */
  get job(): Job | undefined {
    return this.#jobs.active.find(({ kind }) => kind === 'label-run');
  }
  get running(): boolean {
    return this.#starting || this.job !== undefined;
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
  get shown(): Shown {
    return this.#shown;
  }
  get order(): Order {
    return this.#order;
  }
  /** Which run the one on screen is compared with. */
  get comparedWith(): number | null {
    return this.#comparedWith;
  }
  get comparison(): Comparison | null {
    return this.#comparison;
  }

  async refresh(): Promise<void> {
    await this.#guard(async () => {
      const { runs } = await this.#client('label.runs', {});
      this.#runs = runs;
      const shown = runs.find(({ runId }) => runId === this.#run?.runId) ?? runs[0];
      if (shown && shown.runId !== this.#run?.runId) await this.show(shown);
      await this.saved.refresh();
    });
  }

  /** Applies the panel; answers whether there is a result to look at. */
  async apply(scopes: Scopes, probeId?: number): Promise<boolean> {
    this.#starting = true;
    let applied = false;
    await this.#guard(async () => {
      const panel = this.draft.panel;
      const target =
        this.scope === 'selection'
          ? { itemIds: await scopes.selectedIds() }
          : { where: this.scope === 'filter' ? [...scopes.where] : [] };
      const { jobId } = await this.#client('label.start', {
        panel,
        ...target,
        ...(this.abstain.is !== 'calibrated' && { abstain: this.abstain }),
        ...(probeId !== undefined && { probeId }),
      });
      const { fault, runId } = await this.#jobs.ended(jobId);
      if (fault) throw faultError(fault);
      applied = runId !== null && (await this.#showRun(runId));
    });
    this.#starting = false;
    return applied;
  }

  /** Ends the run under way; nothing of it is kept. */
  async cancel(): Promise<void> {
    const { job } = this;
    if (job) await this.#guard(async () => this.#jobs.cancel(job.jobId));
  }

  async #showRun(runId: number): Promise<boolean> {
    this.#runs = (await this.#client('label.runs', {})).runs;
    const made = this.#runs.find((run) => run.runId === runId);
    if (made) await this.show(made);
    return made !== undefined;
  }

  async show(run: PanelRun): Promise<void> {
    this.#run = run;
    this.#shown = { is: 'all' };
    this.#comparison = null;
    this.#comparedWith = null;
    this.evaluation.clear();
    this.#distributions = [];
    await this.#guard(async () => {
      this.#load(run);
      const input = { runId: run.runId, order: 'item' as const, limit: SAMPLE };
      const { predictions } = await this.#client('label.predictions', input);
      if (this.#run === run) this.#distributions = distributions(run, predictions);
    });
  }

  filter(shown: Shown): void {
    this.#shown = shown;
    if (this.#run) this.#load(this.#run);
  }

  orderBy(order: Order): void {
    this.#order = order;
    if (this.#run) this.#load(this.#run);
  }

  /** What an earlier run said of the same items. */
  async compareWith(other: PanelRun | null): Promise<void> {
    this.#comparison = null;
    this.#comparedWith = other?.runId ?? null;
    const run = this.#run;
    if (!run || !other) return;
    await this.#guard(async () => {
      const input = { from: other.runId, to: run.runId, limit: 200 };
      this.#comparison = await this.#client('label.compare', input);
    });
  }

  #load(run: PanelRun): void {
    const shown = this.#shown;
    const input = {
      runId: run.runId,
      order: this.#order,
      ...(shown.is === 'label' && { label: shown.label }),
      ...(shown.is === 'label' && run.panel.mode === 'exclusive' && { abstain: false }),
      ...(shown.is === 'uncertain' && { abstain: true }),
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
