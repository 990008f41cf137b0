import type { Bridge } from '../../preload/contract/bridge.ts';
import type { ItemId } from '../../preload/contract/ids.ts';
import type { Item, ItemDetail } from '../../preload/contract/items.ts';
import type { Rules, SavedSearch } from '../../preload/contract/saved.ts';
import { createClient, type Client } from '../client/client.ts';
import { Jobs } from '../client/jobs.svelte.ts';
import { Preferences } from '../client/preferences.svelte.ts';
import { Session } from '../client/session.svelte.ts';
import { UndoSteps } from '../client/undo.svelte.ts';
import { DicomViewer } from '../features/dicom/dicom-viewer.svelte.ts';
import { Evaluations } from '../features/evaluation/evaluations.svelte.ts';
import { FolderPicker, type Purpose } from '../features/folder-picker/folder-picker.svelte.ts';
import { ImportPlan } from '../features/import/import-plan.svelte.ts';
import { Problems } from '../features/import/problems.svelte.ts';
import { Inspector } from '../features/inspector/inspector.svelte.ts';
import { Judgings } from '../features/judging/judgings.svelte.ts';
import { Labels } from '../features/labels/labels.svelte.ts';
import { Models } from '../features/models/models.svelte.ts';
import { Quarantine } from '../features/quarantine/quarantine.svelte.ts';
import { QueryHistory } from '../features/saved/query-history.svelte.ts';
import { SavedSearches } from '../features/saved/saved.svelte.ts';
import { askAgain, browseOnly } from '../features/search/ask-again.ts';
import { wordsOf } from '../features/search/parts.ts';
import { Search } from '../features/search/search.svelte.ts';
import { SlideDesk } from '../features/slide/slide-desk.svelte.ts';
import type { Rectangle } from '../features/slide/slide-viewer.svelte.ts';
import { Viewer } from '../features/viewer/viewer.svelte.ts';
import { counted } from '../ui/format.ts';
import { Toasts } from '../ui/toasts.svelte.ts';
import { Router } from './router.svelte.ts';

/** Everything the window holds, made once; the features get their part of it and know nothing of each other. */
export class AppState {
  readonly bridge: Bridge;
  readonly router = new Router();
  readonly preferences = new Preferences();
  readonly toasts = new Toasts();
  readonly session: Session;
  readonly history: UndoSteps;
  readonly jobs: Jobs;
  readonly search: Search;
  readonly inspector: Inspector;
  readonly viewer: Viewer;
  readonly dicom: DicomViewer;
  readonly slide: SlideDesk;
  readonly judgings: Judgings;
  readonly labels: Labels;
  readonly evaluations: Evaluations;
  readonly models: Models;
  readonly problems: Problems;
  readonly quarantine: Quarantine;
  readonly saved: SavedSearches;
  readonly queries: QueryHistory;
  readonly picker: FolderPicker;
  readonly client: Client;
  /** An import being prepared; its dialog is open while there is one. */
  plan = $state.raw<ImportPlan | null>(null);
  /** What lies over everything. */
  overlay = $state<'palette' | 'keys' | null>(null);
  demoNotice = $state(true);

  constructor(bridge: Bridge) {
    this.bridge = bridge;
    this.client = createClient(bridge);
    const client = this.client;
    this.session = new Session(client, bridge);
    this.history = new UndoSteps(client);
    this.jobs = new Jobs(client, bridge);
    this.search = new Search(client);
    this.inspector = new Inspector(client);
    this.viewer = new Viewer(client);
    this.dicom = new DicomViewer(client, bridge.mediaBase);
    this.slide = new SlideDesk(client);
    this.judgings = new Judgings(client);
    this.labels = new Labels(client, this.jobs);
    this.evaluations = new Evaluations(client, this.jobs);
    this.models = new Models(client);
    this.problems = new Problems(client);
    this.quarantine = new Quarantine(client);
    this.saved = new SavedSearches(client);
    this.queries = new QueryHistory(client);
    this.picker = new FolderPicker(client);
  }

  /** Opens an item in the viewer of its kind; a slide at a place, where one is given. */
  show(item: Item, place: Rectangle | null = null): void {
    this.closeViewers();
    if (item.kind === 'dicom') this.dicom.open(item);
    else if (item.kind === 'slide') this.slide.open(item, place);
    else this.viewer.open(item);
  }

  /** A place on another slide: the open slide is gone back to, or stays beside it. */
  showTile(item: Item, place: Rectangle | null, beside: boolean): void {
    if (beside) this.slide.compare(item, place);
    else this.slide.visit(item, place);
  }

  closeViewers(): void {
    this.viewer.close();
    this.dicom.close();
    this.slide.close();
  }

  /** The native dialog where there is one, else ours. */
  chooseFolder(purpose: Purpose): Promise<string | null> {
    return this.bridge.chooseFolder?.(purpose) ?? this.picker.choose(purpose);
  }

  async chooseImport(): Promise<void> {
    const folder = await this.chooseFolder('import');
    if (folder !== null) this.planImport(folder);
  }

  planImport(folder: string): void {
    this.plan = new ImportPlan(this.client, this.session, folder);
  }

  async openArchive(path: string): Promise<void> {
    const opened = await this.toasts.attempt(() => this.session.open(path));
    if (!opened) return;
    this.evaluations.clear();
    void this.jobs.refresh();
    this.closeViewers();
    this.router.go('search');
  }

  async chooseArchive(): Promise<void> {
    const path = await this.chooseFolder('archive');
    if (path !== null) await this.openArchive(path);
  }

  async chooseModel(): Promise<void> {
    const folder = await this.chooseFolder('model');
    if (folder === null) return;
    await this.toasts.attempt(async () => {
      await this.models.importFolder(folder);
      this.router.go('settings', 'models');
    });
  }

  addPicture(file: Blob, name: string): void {
    if (this.router.route.section !== 'search') this.router.go('search');
    this.closeViewers();
    void this.toasts.attempt(() => this.search.addPicture(file, name));
  }

  /** An item by number, such as one of a label run. */
  itemOf(itemId: number): Promise<ItemDetail> {
    // Numbers in the renderer come from the core's own answers.
    return this.client('item.get', { itemId: itemId as ItemId });
  }

  async tagSelection(tag: string): Promise<void> {
    await this.toasts.attempt(async () => {
      const changed = await this.#tag(await this.search.selectedIds(), tag, true);
      const action = changed > 0 ? this.#undoing() : undefined;
      this.toasts.done(`Tagged ${counted(changed, 'item')} with “${tag}”`, action);
    });
  }

  async setTag(itemId: ItemId, tag: string, on: boolean): Promise<void> {
    await this.toasts.attempt(() => this.#tag([itemId], tag, on));
  }

  /** @param meant - the step, where something on screen offers to take that one back. */
  undo(meant?: string): Promise<void> {
    return this.#move('undo', meant);
  }

  redo(meant?: string): Promise<void> {
    return this.#move('redo', meant);
  }

  /** For a toast: takes back what was done just now, and nothing that is done before it is pressed. */
  #undoing() {
    const meant = this.history.last;
    return { text: 'Undo', run: () => void this.undo(meant) };
  }

  /** Keeps the query on screen, under a name that is asked for. */
  nameSearch(): void {
    const { query, line, asked } = this.search;
    if (query.parts.length === 0) this.toasts.problem('There is no query to save. Search first.');
    else {
      const rules = { ...asked, ...(line.byHand === null ? {} : { line: line.byHand }) };
      this.saved.naming = { rules, suggested: query.parts.map(wordsOf).join(', ').slice(0, 120) };
    }
  }

  /** Asks a query that was kept, on the search screen. */
  async askAgain(rules: Rules, pictures: SavedSearch['pictures']): Promise<void> {
    this.closeViewers();
    this.router.go('search');
    await askAgain(this.search, this.client, rules, pictures);
  }

  /** What a saved search found, as a filter: all of it can be selected, tagged or labelled. */
  browseSaved(name: string): void {
    this.closeViewers();
    this.router.go('search');
    void browseOnly(this.search, `saved="${name.replace(/[\\"]/gu, '\\$&')}"`);
  }

  async removeSaved({ savedId, name }: SavedSearch): Promise<void> {
    await this.toasts.attempt(async () => {
      await this.saved.remove(savedId);
      await this.history.refresh();
      this.toasts.done(`Removed “${name}”`, this.#undoing());
    });
  }

  async removeEvaluation(evaluationId: number): Promise<void> {
    await this.toasts.attempt(async () => {
      await this.evaluations.remove(evaluationId);
      await this.history.refresh();
      this.toasts.done(`Removed evaluation ${evaluationId}`, this.#undoing());
    });
  }

  async #move(way: 'undo' | 'redo', meant?: string): Promise<void> {
    const [done, back] = way === 'undo' ? ['Undone', 'redo' as const] : ['Done again', 'undo' as const];
    await this.toasts.attempt(async () => {
      const name = await this.history.move(way, meant);
      if (name === null) return;
      this.#tagsChanged();
      void this.saved.refresh();
      if (this.router.route.section === 'evaluation') void this.evaluations.refresh();
      if (this.router.route.section === 'labels') void this.labels.vocabulary.refresh();
      const action = { text: back === 'redo' ? 'Redo' : 'Undo', run: () => void this[back](name) };
      this.toasts.done(`${done}: ${name}`, action);
    });
  }

  /** One step of the archive, of the items that it changes; how many those are. */
  async #tag(itemIds: ItemId[], tag: string, on: boolean): Promise<number> {
    const { changed } = await this.client(on ? 'tags.apply' : 'tags.remove', { itemIds, tag });
    this.#tagsChanged();
    await this.history.refresh();
    return changed;
  }

  #tagsChanged(): void {
    this.inspector.reload();
    void this.search.filters.refresh();
  }
}
