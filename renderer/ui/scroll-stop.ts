/** Attachment for what may be longer than its place: a stop of Tab while it can be scrolled, so that keys can do it. */
export function scrollStop(element: HTMLElement): () => void {
  const sizes = new ResizeObserver(() => {
    const isLonger = element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth;
    if (isLonger) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  });
  sizes.observe(element);
  return () => sizes.disconnect();
}
