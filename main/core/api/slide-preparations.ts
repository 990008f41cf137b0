import { ItemId } from '../../../preload/contract/ids.ts';
import {
  PoolingName,
  StainName,
  type Stain,
  type slidePreparationMethods,
} from '../../../preload/contract/slide-preparations.ts';
import type { Program } from '../session/program.ts';
import { slideJitter } from '../session/slide-jitter.ts';
import {
  addPooling,
  givePooling,
  listPoolings,
  similarSlides,
  type KnownPooling,
} from '../session/slide-pooling.ts';
import { listStains, stainFrom, type KnownStain } from '../session/slide-stains.ts';
import type { HandlersOf } from './handlers.ts';

export function slidePreparationHandlers(program: Program): HandlersOf<typeof slidePreparationMethods> {
  return {
    'slide.stains': async () => ({ stains: (await listStains(program.session())).map(shownStain) }),
    'slide.stainFrom': async ({ itemId }, signal) =>
      shownStain(await stainFrom(program.session(), itemId, signal)),
    'slide.poolings': async () => ({ poolings: (await listPoolings(program.session())).map(shownPooling) }),
    'slide.addPooling': async (file) => shownPooling(await addPooling(program.session(), file)),
    'slide.pool': async (wish, signal) => ({ slides: await givePooling(program.session(), wish, signal) }),
    'slide.similar': async (wish, signal) => {
      const { hits, of, tookMs } = await similarSlides(program.session(), wish, signal);
      return { hits: hits.map((hit) => ({ ...hit, itemId: ItemId.parse(hit.itemId) })), of, tookMs };
    },
    'slide.jitter': (wish, signal) => slideJitter(program.session(), wish, signal),
  };
}

const shownPooling = (pooling: KnownPooling) => ({ ...pooling, name: PoolingName.parse(pooling.name) });

function shownStain({ name, haematoxylin, eosin, most, from, slides }: KnownStain): Stain {
  return {
    name: StainName.parse(name),
    haematoxylin: [...haematoxylin],
    eosin: [...eosin],
    most: [...most],
    from: from && { ...from, itemId: ItemId.parse(from.itemId) },
    slides,
  };
}
