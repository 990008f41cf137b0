/** Single letters act on panes, never while someone types or a dialog is open. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const typed = target.closest('input, textarea, select, [contenteditable="true"]');
  const quiet = typed instanceof HTMLInputElement && ['checkbox', 'radio', 'range'].includes(typed.type);
  return (typed !== null && !quiet) || target.closest('dialog[open]') !== null;
}

/** `Ctrl+K`, `Alt+1`, `?`, `F6`: the name of a key press. Cmd counts as Ctrl. */
export function keyName(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // A printed sign already says whether Shift was held.
  if (event.shiftKey && event.key.length > 1) parts.push('Shift');
  parts.push(event.key.length === 1 && parts.length > 0 ? event.key.toUpperCase() : event.key);
  return parts.join('+');
}
