import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Bridge } from '../../preload/contract/bridge.ts';
import { createSmallCore, job, jobId } from '../contract/small-core.ts';
import { hasChromium, launchChromium } from '../support/chromium.ts';
import { openShellPage } from './preload-host.ts';

declare global {
  interface Window {
    readonly vitrine?: Bridge;
  }
}

const built = join(import.meta.dirname, '../../dist');
let browser: Browser;
let page: Awaited<ReturnType<typeof openShellPage>>;

describe.skipIf(!hasChromium)('the built preload in Chromium', () => {
  beforeAll(async () => {
    if (!existsSync(join(built, 'preload/index.cjs')))
      throw new Error('Not built yet: run `npm run build` or `npm test`.');
    // Electron tells a port that its other end has gone; in Chromium this is behind a switch.
    browser = await launchChromium('--enable-blink-features=MessagePortCloseEvent');
  });
  afterAll(() => browser.close());
  afterEach(() => page.close());

  async function open() {
    const small = createSmallCore();
    // An empty page under the shell's headers: the preload without the calls of a renderer.
    const folder = mkdtempSync(join(tmpdir(), 'vitrine-page-'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Empty</title>');
    page = await openShellPage(browser, small.core, folder);
    await page.tab.waitForFunction(() => window.vitrine !== undefined);
    return { ...small, ...page };
  }

  const ask = (method: string, input: unknown, callId: string = crypto.randomUUID()) =>
    page.tab.evaluate(([method, input, callId]) => window.vitrine?.call(method, input, callId), [
      method,
      input,
      callId,
    ] as [string, unknown, string]);

  test('the page has the bridge, and of Electron or Node nothing', async () => {
    await open();
    expect(await page.tab.evaluate(() => Object.keys(window.vitrine ?? {}).sort())).toEqual(
      ['call', 'cancel', 'chooseFolder', 'mediaBase', 'on', 'pathOf'].sort(),
    );
    expect(
      await page.tab.evaluate(() =>
        ['require', 'process', 'toShell', 'fromShell'].filter((name) => name in window),
      ),
    ).toEqual([]);
  });

  test('a call goes to the core and its answer comes back', async () => {
    await open();
    expect(await ask('items.list', { offset: 7 })).toEqual({ ok: true, value: { items: [], total: 107 } });
    expect(await ask('item.delete', {})).toMatchObject({ ok: false, fault: { code: 'request.unknown' } });
    expect(await page.tab.evaluate(() => window.vitrine?.chooseFolder?.('import'))).toBe(
      'choose-folder import',
    );
    expect(await page.tab.evaluate(() => window.vitrine?.pathOf?.(new File([], 'a.dcm')))).toBe(
      '/dropped/a.dcm',
    );
  });

  test('bytes arrive as bytes', async () => {
    await open();
    const reply = await page.tab.evaluate(() =>
      window.vitrine?.call('query.image', { bytes: new Uint8Array(9) }, 'bytes'),
    );
    expect(reply).toMatchObject({ ok: true, value: { widthPx: 9 } });
  });

  test('a call can be cancelled', async () => {
    const { aborted } = await open();
    const reply = ask('archive.verify', {}, 'long');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await page.tab.evaluate(() => window.vitrine?.cancel('long'));
    expect(await reply).toMatchObject({ ok: false, fault: { code: 'request.cancelled' } });
    expect(aborted).toEqual(['archive.verify']);
  });

  test('events reach the page', async () => {
    const { emit } = await open();
    const heard = page.tab.evaluate(
      () => new Promise((resolve) => window.vitrine?.on('job.changed', resolve)),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    emit('job.changed', job(jobId(4)));
    expect(await heard).toMatchObject({ jobId: 4 });
  });

  test('when the core ends, what waits is answered, and calls go on with the next core', async () => {
    await open();
    const long = ask('archive.verify', {});
    await ask('items.list', {});
    page.endCore();
    expect(await long).toMatchObject({ ok: false, fault: { code: 'core.stopped' } });
    const meanwhile = ask('items.list', {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    page.restartCore();
    expect(await meanwhile).toMatchObject({ ok: true });
  });

  test('the page can reach nothing but itself, and runs nothing but its own scripts', async () => {
    await open();
    const tries = await page.tab.evaluate(async () => {
      const settled = (promise: Promise<unknown>) =>
        promise.then(
          () => 'done',
          () => 'refused',
        );
      const added = (name: string, attributes: object) =>
        new Promise((resolve) => {
          const element = document.createElement(name);
          addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
          Object.assign(element, attributes, { onload: () => resolve('done') });
          document.documentElement.append(element);
        });
      return {
        fetch: await settled(fetch('http://127.0.0.1:1/')),
        // Later, since what the developer tools themselves evaluate is exempt.
        eval: await settled(new Promise((resolve) => setTimeout(resolve)).then(() => new Function('1')())),
        image: await added('img', { src: 'http://127.0.0.1:1/x.png' }),
        script: await added('script', { src: 'data:text/javascript,1' }),
        inline: await added('script', { textContent: 'window.ran = 1' }),
        style: await added('style', { textContent: 'p { color: red }' }),
        frame: await added('iframe', { src: 'http://127.0.0.1:1/' }),
        form: await new Promise((resolve) => {
          addEventListener('securitypolicyviolation', () => resolve('refused'), { once: true });
          const form = Object.assign(document.createElement('form'), {
            action: 'http://127.0.0.1:1/',
            method: 'post',
          });
          document.documentElement.append(form);
          form.submit();
        }),
      };
    });
    expect(Object.entries(tries).filter(([, outcome]) => outcome !== 'refused')).toEqual([]);
  });
});
