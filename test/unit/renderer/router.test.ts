import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { href, Router } from '../../../renderer/app/router.svelte.ts';

const page = new EventTarget();
const place = { hash: '' };

beforeEach(() => {
  place.hash = '';
  vi.stubGlobal('location', place);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
});
afterEach(() => vi.unstubAllGlobals());

test.each([
  ['', 'search', ''],
  ['#/labels/results', 'labels', 'results'],
  ['#/import/12', 'import', '12'],
  ['#/settings/a%2Fb', 'settings', 'a/b'],
  ['#/nowhere/at/all', 'search', 'at'],
  ['#/import/%E0%A4%A', 'import', ''],
])('%s is %s, %s', (hash, section, detail) => {
  place.hash = hash;
  expect(new Router().route).toEqual({ section, detail });
});

test('going somewhere changes the address, and the address the route', () => {
  const router = new Router();
  router.go('import', '7');
  expect(place.hash).toBe('#/import/7');
  page.dispatchEvent(new Event('hashchange'));
  expect(router.route).toEqual({ section: 'import', detail: '7' });
});

test('a detail survives its address', () => {
  place.hash = href('labels', 'a/b #?');
  expect(new Router().route.detail).toBe('a/b #?');
});
