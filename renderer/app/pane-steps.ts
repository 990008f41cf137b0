/** Moves the focus between the panes of the window: bars, lists, grid, inspector. */
export function stepPane(by: 1 | -1): void {
  const panes = [
    ...document.querySelectorAll<HTMLElement>(
      'header, nav, [role="search"], aside, [role="listbox"], footer',
    ),
  ];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  for (let step = 1; step <= panes.length; step += 1) {
    const pane = panes[(at + by * step + panes.length * 2) % panes.length];
    const target = pane?.matches('[tabindex="0"]')
      ? pane
      : pane?.querySelector<HTMLElement>(
          'a[href], button:not([disabled]), input:not([disabled]):not(.vh), [tabindex="0"]',
        );
    if (target) {
      target.focus();
      return;
    }
  }
}
