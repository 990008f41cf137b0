import type { Attachment } from 'svelte/attachments';

const SHOW_AFTER_MS = 450;
const GAP_PX = 6;

let bubble: HTMLElement | undefined;

/** One bubble for the whole window, in the top layer so that dialogs do not cover it. */
function theBubble(): HTMLElement {
  if (bubble) return bubble;
  bubble = document.createElement('div');
  bubble.className = 'tooltip';
  bubble.popover = 'manual';
  // The text is the element's own name or hint, which assistive technology has already.
  bubble.setAttribute('aria-hidden', 'true');
  document.body.append(bubble);
  return bubble;
}

function show(target: HTMLElement, text: string): void {
  const tip = theBubble();
  tip.textContent = text;
  tip.showPopover();
  const box = target.getBoundingClientRect();
  const below = box.bottom + GAP_PX + tip.offsetHeight < innerHeight;
  const left = box.left + box.width / 2 - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${below ? box.bottom + GAP_PX : box.top - GAP_PX - tip.offsetHeight}px`;
}

/** Shows `text` when the pointer rests on the element or the keyboard reaches it. Nothing when there is no text. */
export function tooltip(text: string | undefined): Attachment<HTMLElement> {
  return (element) => {
    if (!text) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      clearTimeout(timer);
      timer = setTimeout(() => element.isConnected && show(element, text), SHOW_AFTER_MS);
    };
    const openByKey = () => element.matches(':focus-visible') && open();
    const close = () => {
      clearTimeout(timer);
      if (bubble?.matches(':popover-open')) bubble.hidePopover();
    };
    element.addEventListener('pointerenter', open);
    element.addEventListener('focus', openByKey);
    for (const end of ['pointerleave', 'blur', 'pointerdown', 'keydown'])
      element.addEventListener(end, close);
    return () => {
      close();
      element.removeEventListener('pointerenter', open);
      element.removeEventListener('focus', openByKey);
      for (const end of ['pointerleave', 'blur', 'pointerdown', 'keydown'])
        element.removeEventListener(end, close);
    };
  };
}
