import type { DicomFrame } from '../../../preload/contract/dicom.ts';
import type { ShownWindow } from './grey-window.ts';

export interface WindowChoice {
  /** 1 to 5, or empty from the sixth on. */
  readonly key: string;
  readonly text: string;
  readonly window: ShownWindow;
}

/** Names of windows as people read them; those of CT in the order of their keys. */
const titles: Readonly<Record<string, string>> = {
  lung: 'Lung',
  'soft-tissue': 'Soft tissue',
  bone: 'Bone',
  abdomen: 'Abdomen',
  brain: 'Brain',
  mediastinum: 'Mediastinum',
  file: 'File',
  'voi-lut': 'File table',
  'percentile-1-99': 'Percentiles',
  'full-range': 'Full range',
  custom: 'Custom',
};
const ctOrder = ['lung', 'soft-tissue', 'bone', 'abdomen', 'brain', 'mediastinum'];

export function titleOf(name: string): string {
  const numbered = /^file-(\d+)$/.exec(name)?.[1];
  return titles[name] ?? (numbered ? `File ${numbered}` : name);
}

/** What a frame can be shown in: presets for CT, else the model's window; then the file's own, then measured ones. */
export function windowsOf(frame: DicomFrame): WindowChoice[] {
  if (frame.is !== 'grey') return [];
  const { windows, window } = frame;
  const presets = ctOrder.flatMap((name) => windows.filter((known) => known.name === name));
  const others = windows.filter(({ name }) => !ctOrder.includes(name));
  const first: readonly (ShownWindow & { readonly explanation?: string })[] =
    presets.length > 0 ? presets : [window];
  const rest = others.filter((known) => presets.length > 0 || !sameWindow(known, window));
  return [...first, ...rest].map(({ explanation = '', name, center, width, shape }, index) => ({
    key: index < 5 ? String(index + 1) : '',
    text: explanation ? `${titleOf(name)}: ${explanation.toLowerCase()}` : titleOf(name),
    window: { name, center, width, shape },
  }));
}

export function sameWindow(
  a: { readonly center: number; readonly width: number },
  b: { readonly center: number; readonly width: number },
): boolean {
  return Math.abs(a.center - b.center) < 1e-6 && Math.abs(a.width - b.width) < 1e-6;
}
