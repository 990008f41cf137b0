import type { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Jitter, Stain, StainName } from '../../../preload/contract/slide-preparations.ts';
import { refusal, type Client } from '../../client/client.ts';
import { baseName } from '../../ui/format.ts';
import type { SlideViewer } from './slide-viewer.svelte.ts';

export type JitterState =
  | { readonly is: 'none' }
  | { readonly is: 'busy' }
  /** `phrase` and `stain`: what it was measured for. */
  | { readonly is: 'shown'; readonly jitter: Jitter; readonly phrase: string; readonly stain: StainName }
  | { readonly is: 'refused'; readonly error: ArchiveError };

/** The most that the amount of a dye changes, by what people call it. */
export const strengths = { light: 0.05, strong: 0.2 } as const;
export type Strength = keyof typeof strengths;

/** What a slide's colours can be brought to, and how much they matter to the phrase. */
export class SlideStaining {
  #client: Client;
  #viewer: SlideViewer;
  #abort = new AbortController();
  stains = $state.raw<readonly Stain[] | null>(null);
  jitter = $state.raw<JitterState>({ is: 'none' });
  strength = $state<Strength>('light');
  making = $state(false);

  constructor(client: Client, viewer: SlideViewer) {
    this.#client = client;
    this.#viewer = viewer;
  }

  close(): void {
    this.#abort.abort();
  }

  /** What the colours can be brought to; first as they are. */
  get choices(): readonly StainName[] {
    return ['none', ...(this.stains ?? []).map(({ name }) => name)];
  }

  /** Of what is chosen or shown, for people. */
  nameOf(stain: StainName): string {
    if (stain === 'none') return 'as scanned';
    const from = this.stains?.find(({ name }) => name === stain)?.from;
    if (stain === 'macenko') return 'like Macenko’s reference';
    return from ? `like ${baseName(from.path)}` : `like ${stain}`;
  }

  /** Whether other slides can be brought to this one's staining. */
  get isReference(): boolean {
    const { itemId } = this.#viewer.item;
    return this.stains?.some(({ from }) => from?.itemId === itemId) ?? false;
  }

  async load(): Promise<void> {
    this.stains = (await this.#client('slide.stains', {})).stains;
  }

  /** Makes this slide's staining one that others can be brought to. */
  async makeReference(): Promise<void> {
    this.making = true;
    try {
      await this.#client('slide.stainFrom', { itemId: this.#viewer.item.itemId });
      await this.load();
    } finally {
      this.making = false;
    }
  }

  /** Reads the phrase's best tiles again with their dyes changed at random. */
  async measure(): Promise<void> {
    const { item, look, heat } = this.#viewer;
    if (heat.is !== 'shown') return;
    const { phrase } = heat;
    const { stain } = look;
    this.#abort.abort();
    const { signal } = (this.#abort = new AbortController());
    this.jitter = { is: 'busy' };
    try {
      const chips = [{ type: 'text' as const, text: phrase }];
      const sigma = strengths[this.strength];
      const jitter = await this.#client('slide.jitter', { itemId: item.itemId, chips, stain, sigma }, signal);
      if (!signal.aborted) this.jitter = { is: 'shown', jitter, phrase, stain };
    } catch (thrown) {
      if (!signal.aborted) this.jitter = { is: 'refused', error: refusal(thrown) };
    }
  }
}
