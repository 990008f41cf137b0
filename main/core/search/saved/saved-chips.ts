import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { Rules, StableChip, StableRules } from '../../../../preload/contract/saved.ts';
import type { Chip } from '../../../../preload/contract/search.ts';
import type { Archive } from '../../store/archive.ts';
import { regionPlaces } from '../../store/saved-facts.ts';

/** Numbers are an archive's own and may be given anew; content hashes are not. */
export function savedChips(archive: Archive) {
  const regions = regionPlaces(archive.db);

  function kept(chip: Chip): StableChip {
    const { weight } = chip;
    if (chip.type === 'item') {
      const item = archive.items.get(chip.itemId);
      if (!item) throw new ArchiveError('item.unknown', { itemId: chip.itemId });
      return { type: 'item', sha256: item.sha256, weight };
    }
    if (chip.type === 'region') {
      const place = regions.placeOf(chip.regionId);
      if (!place) throw new ArchiveError('region.unknown', { regionId: chip.regionId });
      return { type: 'region', ...place, weight };
    }
    return chip;
  }

  function live(chip: StableChip): Chip {
    const { weight } = chip;
    if (chip.type === 'item') {
      const itemId = archive.items.idOf(chip.sha256);
      if (itemId === null) throw new ArchiveError('item.unknown', { sha256: chip.sha256 });
      // Numbers from the archive's own tables.
      return { type: 'item', itemId: itemId as never, weight };
    }
    if (chip.type === 'region') {
      const regionId = regions.at(chip);
      if (regionId === null) throw new ArchiveError('region.unknown', { sha256: chip.sha256 });
      return { type: 'region', regionId: regionId as never, weight };
    }
    return chip;
  }

  return {
    /** To be kept or handed on. @throws ArchiveError `item.unknown`, `region.unknown` */
    keep: (rules: Rules): StableRules => ({ ...rules, chips: rules.chips.map(kept) }),
    /** To be asked here and now. @throws ArchiveError `item.unknown`, `region.unknown` */
    ask: (rules: StableRules): Rules => ({ ...rules, chips: rules.chips.map(live) }),
    /** As `keep` and `ask`; null where something of the query is no longer there. */
    keepable: (rules: Rules): StableRules | null =>
      orNull(() => ({ ...rules, chips: rules.chips.map(kept) })),
    askable: (rules: StableRules): Rules | null => orNull(() => ({ ...rules, chips: rules.chips.map(live) })),
  };
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ArchiveError) return null;
    throw thrown;
  }
}
