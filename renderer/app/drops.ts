import type { Bridge } from '../../preload/contract/bridge.ts';

export interface DropActions {
  readonly onfolder: (path: string) => void;
  /** A folder was dropped where its path cannot be known. */
  readonly onunknownfolder: () => void;
  readonly onpicture: (file: Blob, name: string) => void;
}

/** What is dropped or pasted anywhere in the window: a folder to import, or a picture to search with. */
export function takeTransfer(transfer: DataTransfer, bridge: Bridge, actions: DropActions): boolean {
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const file = item.getAsFile();
    if (item.webkitGetAsEntry()?.isDirectory) {
      const path = file && bridge.pathOf?.(file);
      if (path) actions.onfolder(path);
      else actions.onunknownfolder();
      return true;
    }
    if (file) {
      actions.onpicture(file, file.name || 'pasted picture');
      return true;
    }
  }
  return false;
}
