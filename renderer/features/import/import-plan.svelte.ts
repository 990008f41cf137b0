import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { JobId } from '../../../preload/contract/ids.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import { refusal, type Client } from '../../client/client.ts';
import type { Session } from '../../client/session.svelte.ts';
import { baseName, joinPath } from '../../ui/format.ts';
import { FoundTables } from './found-tables.svelte.ts';
import { ImportOptions } from './import-options.svelte.ts';

const SUFFIX = '.vitrine';

/** An import before it starts: what is in the folder, how it is to be read, and where its archive will be. */
export class ImportPlan {
  readonly folder: string;
  /** True when an archive has to be made first: none is open, or only the demo. */
  readonly makesArchive: boolean;
  readonly tables: FoundTables;
  readonly options: ImportOptions;
  #client: Client;
  #session: Session;
  #abort = new AbortController();
  #preview = $state.raw<Output<'import.preview'> | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  #starting = $state(false);
  #made = false;
  /** The folder that will hold the archive. */
  place = $state('');
  name = $state('');

  constructor(client: Client, session: Session, folder: string) {
    this.#client = client;
    this.#session = session;
    this.folder = folder;
    const archive = session.info?.archive;
    this.makesArchive = !archive || archive.demo;
    this.name = baseName(folder);
    this.tables = new FoundTables(client, folder, this.#abort.signal);
    this.options = new ImportOptions(client, this.makesArchive, this.#abort.signal);
    void this.#count();
    if (this.makesArchive) void this.#findPlace();
  }

  /** Null while it counts. */
  get preview(): Output<'import.preview'> | null {
    return this.#preview;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  get starting(): boolean {
    return this.#starting;
  }
  get archivePath(): string {
    const name = this.name.trim();
    return joinPath(this.place, name.endsWith(SUFFIX) ? name : name + SUFFIX);
  }
  get canStart(): boolean {
    const named = !this.makesArchive || (this.name.trim() !== '' && this.place !== '');
    const filled = this.#preview !== null && this.#preview.files > 0;
    const { loaded, error, complaint } = this.options;
    // What is still on its way would move the button from under the pointer.
    const settled = (loaded || error !== null) && (this.tables.all !== null || this.tables.error !== null);
    return named && filled && settled && !this.#starting && complaint === '';
  }

  /** Makes the archive where one is needed and starts the job; undefined when it was refused. */
  async start(): Promise<JobId | undefined> {
    this.#starting = true;
    this.#error = null;
    try {
      // Made once: what went wrong after it is tried again in the same archive.
      if (this.makesArchive && !this.#made) await this.#session.create(this.archivePath);
      this.#made = true;
      await this.options.save();
      const { jobId } = await this.#client('import.start', {
        folders: [this.folder],
        withoutTables: [...this.tables.off],
        // Unread settings are the archive's own.
        ...(this.options.loaded ? { identity: this.options.identity } : {}),
      });
      return jobId;
    } catch (thrown) {
      this.#error = refusal(thrown);
      return undefined;
    } finally {
      this.#starting = false;
    }
  }

  drop(): void {
    this.#abort.abort();
  }

  async #count(): Promise<void> {
    try {
      this.#preview = await this.#client('import.preview', { folders: [this.folder] }, this.#abort.signal);
    } catch (thrown) {
      if (!this.#abort.signal.aborted) this.#error = refusal(thrown);
    }
  }

  /** Next to nothing of the user's: the folder where their own things begin. */
  async #findPlace(): Promise<void> {
    try {
      this.place = (await this.#client('folder.list', {})).path;
    } catch (thrown) {
      this.#error = refusal(thrown);
    }
  }
}
