import { parseExpression } from './filter-parser.ts';

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

/** One comparison. An empty value asks for items without one. */
export interface Condition {
  readonly is: 'condition';
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** What is asked of an item. "not" is the complement: what fits neither `a` nor `not a` does not exist. */
export type Filter =
  | Condition
  | { readonly is: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly is: 'not'; readonly part: Filter };

/**
 * Reads expressions, all of which must hold.
 *
 * @see parseExpression for the grammar.
 * @throws ArchiveError `filter.invalid` with the expression and the character at which it stops making sense.
 */
export const parseFilter = (expressions: readonly string[]): Filter[] => expressions.map(parseExpression);

/** Names that a filter compares. */
export function namesIn(filter: Filter): string[] {
  if (filter.is === 'condition') return [filter.name];
  return filter.is === 'not' ? namesIn(filter.part) : filter.parts.flatMap(namesIn);
}
