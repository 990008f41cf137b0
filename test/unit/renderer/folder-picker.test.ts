import { expect, test } from 'vitest';
import { FolderPicker } from '../../../renderer/features/folder-picker/folder-picker.svelte.ts';
import type { Client } from '../../../renderer/client/client.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';

/** A picker whose listings arrive when the test lets them; `/nothing` is not there. */
function pickerWith() {
  const waiting: (() => void)[] = [];
  const client = async (_method: string, { path = '/home' }: { path?: string }) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (path === '/nothing') throw new ArchiveError('source.missing', { path });
    return { path, parent: null, folders: [], files: 0 };
  };
  const answer = async (which: number) => {
    waiting[which]?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { picker: new FolderPicker(client as unknown as Client), answer };
}

test('what is typed before the first listing arrives stays', async () => {
  const { picker, answer } = pickerWith();
  const chosen = picker.choose('import');
  picker.typed = '/pictures';
  await answer(0);
  expect(picker.typed).toBe('/pictures');
  const taken = picker.take();
  await answer(1);
  await taken;
  expect(await chosen).toBe('/pictures');
});

test('the newest listing wins, however late an older one comes', async () => {
  const { picker, answer } = pickerWith();
  void picker.choose('import');
  void picker.go('/new');
  await answer(1);
  await answer(0);
  expect(picker.listing?.path).toBe('/new');
});

test('a folder that is not there is refused and nothing is taken', async () => {
  const { picker, answer } = pickerWith();
  void picker.choose('import');
  await answer(0);
  picker.typed = '/nothing';
  const taken = picker.take();
  await answer(1);
  await taken;
  expect(picker.error?.code).toBe('source.missing');
  expect(picker.purpose).toBe('import');
});
