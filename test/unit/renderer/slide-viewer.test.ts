import { expect, test } from 'vitest';

import type { Client } from '../../../renderer/client/client.ts';
import { SlideLook } from '../../../renderer/features/slide/slide-look.svelte.ts';
import { SlideViewer } from '../../../renderer/features/slide/slide-viewer.svelte.ts';

/** A viewer of a slide with tiles as scanned only; calls wait until they are answered. */
async function opened() {
  const waiting = new Map<string, (answer: unknown) => void>();
  const client = (method: string) =>
    method === 'slide.get'
      ? Promise.resolve({ grids: [{ tiles: 4, tissueTiles: 4 }], stained: [], mppX: null })
      : new Promise((resolve) => waiting.set(method, resolve));
  const viewer = new SlideViewer(client as Client, new SlideLook(), { itemId: 1 } as never);
  await viewer.refresh();
  const answer = (method: string, value: unknown) => waiting.get(method)?.(value);
  return { viewer, answer };
}

test('heat that was asked for before other colours were chosen is not shown as theirs', async () => {
  const { viewer, answer } = await opened();
  viewer.look.phrase = 'tumour';
  const lit = viewer.light();
  viewer.look.stain = 'macenko';
  await viewer.changeStain();
  answer('slide.heat', { scores: [] });
  await lit;
  expect(viewer.heat.is).toBe('none');
});

test('heat of words that were taken back meanwhile is not shown', async () => {
  const { viewer, answer } = await opened();
  viewer.look.phrase = 'tumour';
  const lit = viewer.light();
  viewer.look.phrase = '';
  await viewer.light();
  answer('slide.heat', { scores: [] });
  await lit;
  expect(viewer.heat.is).toBe('none');
});

test('slides like one are those by the vectors that are chosen when the answer comes', async () => {
  const { viewer, answer } = await opened();
  const finding = viewer.likes.find();
  viewer.look.stain = 'macenko';
  await viewer.changeStain();
  answer('slide.similar', { hits: [], of: 3 });
  await finding;
  expect(viewer.likes.found.is).toBe('none');
});

test('what a rectangle finds is shown, unless other tiles were chosen meanwhile', async () => {
  const { viewer, answer } = await opened();
  for (const changed of [false, true]) {
    viewer.rectangle = { x: 0, y: 0, w: 9, h: 9 };
    const searching = viewer.searchRectangle();
    answer('slide.region', { regionId: 5 });
    await Promise.resolve();
    await Promise.resolve();
    if (changed) await viewer.changeStain();
    answer('slide.tiles', { hits: [] });
    await searching;
    expect(viewer.found.is).toBe(changed ? 'none' : 'shown');
  }
});
