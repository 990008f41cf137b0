import { ArchiveError } from '../../../preload/contract/faults.ts';

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

/** One condition of a filter; a list of them is joined by "and". */
export interface Condition {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

const pattern = /^\s*(?<name>[A-Za-z][\w .-]*?)\s*(?<operator>!=|>=|<=|=|>|<|~)\s*(?<value>.*?)\s*$/su;

/**
 * Reads `name=value`, `name!=value`, `name>number` (also `>=`, `<`, `<=`) or `name~text`.
 *
 * A value may stand in double quotes. An empty value asks for items without one.
 *
 * @throws ArchiveError `filter.invalid` with the expression and the character at which it stops making sense.
 */
export function parseCondition(expression: string): Condition {
  const parts = pattern.exec(expression)?.groups;
  if (!parts?.['name'] || !parts['operator'])
    throw new ArchiveError('filter.invalid', {
      expression,
      at: expression.search(/[^\w .-]|$/),
      expected: 'name=value, name!=value, name>number, name<number or name~text',
    });
  const operator = parts['operator'] as Operator;
  const value = (parts['value'] ?? '').replace(/^"(.*)"$/s, '$1');
  if (/[<>]/.test(operator) && (value === '' || !Number.isFinite(Number(value))))
    throw new ArchiveError('filter.invalid', {
      expression,
      at: expression.length - value.length,
      expected: 'a number',
    });
  return { name: parts['name'], operator, value };
}

export const parseFilter = (expressions: readonly string[]): Condition[] => expressions.map(parseCondition);
