import type { TiffFile } from './directory.ts';
import { described, type Pyramid } from './pyramid.ts';
import { unreadable } from '../slide-fault.ts';

export interface AperioFacts {
  readonly mpp: number | null;
  readonly objectivePower: number | null;
}

/**
 * `Aperio Image Library …|AppMag = 20|MPP = 0.4990|…`. The description also names users, files and dates: only two
 * numbers of it are read.
 *
 * @see Aperio, Digital Slides and Third-Party Data Interchange (2009), ImageDescription.
 */
export function aperioFacts(description: string): AperioFacts {
  const value = (name: string): number | null => {
    const match = new RegExp(`\\|\\s*${name}\\s*=\\s*([0-9.]+)\\s*(\\||$)`, 'm').exec(description);
    const number = Number(match?.[1]);
    return match && Number.isFinite(number) && number > 0 ? number : null;
  };
  return { mpp: value('MPP'), objectivePower: value('AppMag') };
}

/** Every tiled page is a level; thumbnail, label and macro are stripped (same document, Image File Organisation). */
export async function aperioPyramid(tiff: TiffFile, bigEndian: boolean): Promise<Pyramid> {
  const pages = (await described(tiff.directories, bigEndian)).filter(({ tiled }) => tiled);
  const [base, ...rest] = pages.toSorted((a, b) => b.width - a.width);
  if (!base) throw unreadable('no tiled page');
  return [base, ...rest];
}

/** The names of the stripped pages: the second line's first word, the first of them being the thumbnail. */
export async function aperioAssociated(tiff: TiffFile): Promise<string[]> {
  const names: string[] = [];
  for (const directory of tiff.directories) {
    if (directory.has(322)) continue;
    const word = (await directory.text(270)).split('\n')[1]?.trim().split(/[ \r]/)[0];
    names.push(word === 'label' || word === 'macro' ? word : 'thumbnail');
  }
  return names;
}
