import { expect } from 'vitest';
import type { Window } from './harness.ts';

const narrowest = { width: 1280, height: 720 };

/**
 * Looks at the screen as it is: a picture of it in both themes for people, the rules of WCAG 2.2 AA in both, and in the
 * smallest window that is promised nothing that is cut off. It leaves the dark theme and the window's own size.
 */
export async function look(window: Window, name: string): Promise<void> {
  const { page } = window;
  for (const theme of ['light', 'dark'] as const) {
    await window.theme(theme);
    await window.shot(`${name}-${theme}`);
    expect(await window.accessibility(), `${name}, ${theme}`).toEqual([]);
  }
  const size = page.viewportSize();
  await page.setViewportSize(narrowest);
  await window.shot(`${name}-narrow`);
  expect(await cutOff(window), `${name}, cut off at ${narrowest.width}`).toEqual([]);
  if (size) await page.setViewportSize(size);
}

/** Words that end at an edge without saying so, and what reaches beyond the window. */
export function cutOff({ page }: Pick<Window, 'page'>): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    if (scrollWidth > clientWidth)
      found.push(`the window scrolls sideways by ${scrollWidth - clientWidth} px`);
    if (scrollHeight > clientHeight)
      found.push(`the window scrolls down by ${scrollHeight - clientHeight} px`);
    for (const element of document.body.querySelectorAll('*')) {
      if (!(element instanceof HTMLElement)) continue;
      const ownWords = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && (node.nodeValue ?? '').trim() !== '',
      );
      if (!ownWords || element.closest('.vh, [inert]') || !element.checkVisibility()) continue;
      const words = element.innerText.slice(0, 60);
      const { display, overflowX, textOverflow } = getComputedStyle(element);
      const over = element.scrollWidth - element.clientWidth;
      // A hidden rest is told by an ellipsis, and only by that.
      if (overflowX !== 'visible' && overflowX !== 'auto' && textOverflow !== 'ellipsis' && over > 1)
        found.push(`“${words}” is cut off by ${over} px`);
      // Words beside which there is no room lie over their neighbours.
      const isBox = overflowX === 'visible' && !display.startsWith('inline');
      if (isBox && over > 1) found.push(`“${words}” is ${over} px wider than its place`);
      const box = element.getBoundingClientRect();
      const ground = clipping(element)?.getBoundingClientRect();
      if (ground && box.width > 0 && box.left < ground.right - 2 && box.right > ground.right + 2)
        found.push(`“${words}” reaches ${Math.round(box.right - ground.right)} px beyond what shows it`);
    }
    return found;

    /** The nearest surroundings that hide what does not fit in across, unless they can be scrolled there. */
    function clipping(element: Element): Element | null {
      for (let at = element.parentElement; at; at = at.parentElement) {
        const { overflowX, position, textOverflow } = getComputedStyle(at);
        const tellsSo = textOverflow === 'ellipsis' || overflowX === 'auto' || overflowX === 'scroll';
        if (tellsSo || position === 'fixed') return null;
        if (overflowX === 'hidden' || overflowX === 'clip') return at;
      }
      return null;
    }
  });
}
