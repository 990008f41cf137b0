import { expect, test, vi } from 'vitest';

import { Pages } from '../../../renderer/client/pages.svelte.ts';

const numbers = (total: number) => {
  const asked: number[] = [];
  const load = async (offset: number, limit: number) => {
    asked.push(offset);
    const rows = Array.from({ length: Math.min(limit, total - offset) }, (_, at) => offset + at);
    return { rows, total };
  };
  return { pages: new Pages(load, () => undefined), asked };
};

test('only the pages that were needed are fetched, each once', async () => {
  const { pages, asked } = numbers(1_000);
  await Promise.all([pages.need(150, 450), pages.need(399, 401)]);
  expect(asked).toEqual([0, 200, 400]);
  expect([pages.at(0), pages.at(599), pages.at(600), pages.total]).toEqual([0, 599, undefined, 1_000]);
});

test('a first page that came with a search is not fetched again; a part of a page is', async () => {
  const { pages, asked } = numbers(1_000);
  pages.seed(
    Array.from({ length: 260 }, (_, at) => at),
    1_000,
  );
  await pages.need(0, 400);
  expect(asked).toEqual([200]);
});

test('a slice crosses pages in order', async () => {
  const { pages } = numbers(500);
  expect(await pages.slice(198, 203)).toEqual([198, 199, 200, 201, 202]);
});

test('memory is bounded: the page fetched longest ago goes first', async () => {
  const { pages, asked } = numbers(20_000);
  for (let page = 0; page < 70; page += 1) await pages.need(page * 200, page * 200 + 1);
  expect([pages.at(0), pages.at(69 * 200)]).toEqual([undefined, 13_800]);
  await pages.need(0, 1);
  expect(asked.at(-1)).toBe(0);
});

test('a failed page is told, and can be asked for again', async () => {
  const failed = vi.fn();
  let times = 0;
  const pages = new Pages<number>(async () => {
    times += 1;
    if (times === 1) throw new Error('gone');
    return { rows: [7], total: 1 };
  }, failed);
  await pages.need(0, 1);
  expect(failed).toHaveBeenCalledOnce();
  await pages.need(0, 1);
  expect(pages.at(0)).toBe(7);
});

test('after a stop nothing arrives and nothing is told', async () => {
  const failed = vi.fn();
  let answer: (page: { rows: number[]; total: number }) => void = () => undefined;
  const pages = new Pages<number>(() => new Promise((resolve) => (answer = resolve)), failed);
  const waiting = pages.need(0, 1);
  pages.stop();
  answer({ rows: [1], total: 1 });
  await waiting;
  expect([pages.total, pages.at(0), failed.mock.calls.length]).toEqual([0, undefined, 0]);
});
