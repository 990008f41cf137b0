import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { items } from './values.ts';

/**
 * Where an attribute of a frame may stand, nearest first: the frame's own functional group, the shared one, the
 * data set itself (PS3.3 C.7.6.16). A plain image has only the last.
 *
 * @param group - tag of the functional group's sequence, Frame VOI LUT Sequence for instance.
 */
export function frameScopes(dataSet: DataSet, group: number, frame: number): DataSet[] {
  const perFrame = items(dataSet, tags.perFrameFunctionalGroupsSequence)[frame];
  const shared = items(dataSet, tags.sharedFunctionalGroupsSequence)[0];
  return [...(perFrame ? items(perFrame, group) : []), ...(shared ? items(shared, group) : []), dataSet];
}

/** The first scope's answer that is one. */
export function firstAnswer<T>(
  scopes: readonly DataSet[],
  ask: (scope: DataSet) => T | undefined,
): T | undefined {
  for (const scope of scopes) {
    const answer = ask(scope);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
