import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output } from '../../../preload/contract/methods.ts';
import type {
  AuditEntry,
  ChainState,
  PrivacyStatus,
  QuarantinedFile,
} from '../../../preload/contract/privacy.ts';
import { refusal, type Client } from '../../client/client.ts';
import { Pages } from '../../client/pages.svelte.ts';

export type VerdictFilter = 'all' | QuarantinedFile['verdict'];
export type Choice = 'leave-out' | 'release';

const LOG_ROWS = 20;
/** Most files that one decision takes along. */
const MOST_ALIKE = 1000;

/** Files that are held back, what is decided about them, and the log of that. */
export class Quarantine {
  #client: Client;
  #status = $state.raw<PrivacyStatus | null>(null);
  #list = $state.raw<Pages<QuarantinedFile> | null>(null);
  #error = $state.raw<ArchiveError | null>(null);
  #filter = $state<VerdictFilter>('all');
  #active = $state(0);
  #log = $state.raw<readonly AuditEntry[]>([]);
  #chain = $state.raw<ChainState | null>(null);
  choice = $state<Choice>('leave-out');
  reason = $state('');
  /** Whether the decision takes along all files with the same findings. */
  alike = $state(false);

  constructor(client: Client) {
    this.#client = client;
  }

  get status(): PrivacyStatus | null {
    return this.#status;
  }
  get list(): Pages<QuarantinedFile> | null {
    return this.#list;
  }
  get error(): ArchiveError | null {
    return this.#error;
  }
  get filter(): VerdictFilter {
    return this.#filter;
  }
  get index(): number {
    return this.#active;
  }
  get active(): QuarantinedFile | undefined {
    return this.#list?.at(this.#active);
  }
  get held(): number {
    return (this.#status?.held.block ?? 0) + (this.#status?.held.review ?? 0);
  }
  get log(): readonly AuditEntry[] {
    return this.#log;
  }
  get chain(): ChainState | null {
    return this.#chain;
  }

  /** Only the counts, for the rail. */
  async refreshStatus(): Promise<void> {
    this.#status = await this.#client('privacy.status', {}).catch(() => null);
  }

  async refresh(): Promise<void> {
    const [filter, at] = [this.#filter, this.#active];
    const verdict = filter === 'all' ? {} : { verdict: filter };
    const failed = (thrown: unknown) => (this.#error = refusal(thrown));
    const list = new Pages<QuarantinedFile>(async (offset, limit, signal) => {
      const page = await this.#client('quarantine.list', { ...verdict, offset, limit }, signal);
      this.#error = null;
      return { rows: page.files, total: page.total };
    }, failed);
    await Promise.all([list.need(0, 1), this.refreshStatus(), this.#refreshLog()]);
    if (filter !== this.#filter) return;
    this.#list = list;
    this.to(at);
  }

  show(filter: VerdictFilter): void {
    this.#filter = filter;
    this.#active = 0;
    void this.refresh();
  }

  to(index: number): void {
    this.#active = Math.max(0, Math.min((this.#list?.total ?? 1) - 1, index));
  }

  async setPolicy(policy: PrivacyStatus['policy']): Promise<void> {
    this.#status = await this.#client('privacy.setPolicy', { policy });
    await this.#refreshLog();
  }

  async verify(): Promise<void> {
    this.#chain = await this.#client('audit.verify', {});
  }

  /**
   * Carries out the choice for the active file, and for those with the same findings where wished.
   *
   * @returns how many files, and the job that lets them in, if any.
   * @throws ArchiveError of the core.
   */
  async decide(): Promise<{ files: number; job: Output<'quarantine.release'>['jobId'] | null }> {
    const fileIds = await this.#chosen();
    const { reason, choice } = this;
    const job =
      choice === 'release' ? (await this.#client('quarantine.release', { fileIds, reason })).jobId : null;
    if (choice === 'leave-out') await this.#client('quarantine.leaveOut', { fileIds, reason });
    this.reason = '';
    this.alike = false;
    this.#chain = null;
    await this.refresh();
    return { files: fileIds.length, job };
  }

  async #chosen(): Promise<number[]> {
    const { active } = this;
    if (!active) return [];
    if (!this.alike) return [active.fileId];
    const findings = codesOf(active);
    const verdict = active.verdict;
    const ids: number[] = [active.fileId];
    for (let offset = 0; ; offset += MOST_ALIKE) {
      const { files } = await this.#client('quarantine.list', { verdict, offset, limit: MOST_ALIKE });
      for (const file of files)
        if (file.fileId !== active.fileId && codesOf(file) === findings) ids.push(file.fileId);
      if (files.length < MOST_ALIKE) return ids;
    }
  }

  async #refreshLog(): Promise<void> {
    const answer = await this.#client('audit.list', { limit: LOG_ROWS }).catch(() => null);
    this.#log = answer?.entries ?? [];
  }
}

const codesOf = ({ findings }: QuarantinedFile): string =>
  findings
    .map(({ code }) => code)
    .toSorted()
    .join(' ');
