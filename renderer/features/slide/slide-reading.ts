import type { Client } from '../../client/client.ts';
import type { SlideViewer } from './slide-viewer.svelte.ts';

/** Has the tiles of a slide read by the model. @param every - one tile in so many; 1 is all. */
export function slideReading(client: Client, viewer: SlideViewer) {
  const itemIds = [viewer.item.itemId];
  const budgetOf = (every: number) =>
    every > 1 ? { is: 'every' as const, n: every } : { is: 'all' as const };
  return {
    async setMpp(mpp: number, folder: boolean): Promise<void> {
      await client('slide.setMpp', { itemId: viewer.item.itemId, mpp, folder });
      await viewer.refresh();
    },
    estimate: (every: number) => client('slide.estimate', { itemIds, budget: budgetOf(every) }),
    /** Their colours prepared as the look says. */
    async embed(every: number): Promise<void> {
      await client('slide.embed', { itemIds, budget: budgetOf(every), stain: viewer.look.stain });
    },
  };
}
export type SlideReading = ReturnType<typeof slideReading>;
