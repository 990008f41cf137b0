import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Condition, Filter, Operator } from './filter.ts';

/** Deeper nesting is no filter that somebody wrote. */
const DEEPEST = 50;

const conditionStart =
  /\s*(?<name>[\p{L}_][\p{L}\p{N}_.-]*(?: +(?!(?:and|or|not|in)\b)[\p{L}\p{N}_.-]+)*)\s*(?<operator>!=|>=|<=|=|>|<|~|\bin\b(?=\s*\())\s*/iuy;
const range = /^(?<from>-?[\d.]+)\s*\.\.\s*(?<to>-?[\d.]+)$/u;

/**
 * Reads one filter expression.
 *
 *     expression = all { "or" all }
 *     all        = one { "and" one }
 *     one        = "not" one | "(" expression ")" | condition
 *     condition  = name ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" ) value
 *                | name "in" "(" value { "," value } ")"
 *     value      = '"' text with \" and \\ '"' | from ".." to | words | nothing
 *
 * Plain words run on to the end, a closing bracket of an outer "(", or an "and" or "or" that begins another condition; so
 * `path=black and white (2).png` needs no quotes. An empty value asks for items without one.
 *
 * @throws ArchiveError `filter.invalid` with the expression and the character at which it stops making sense.
 */
export function parseExpression(expression: string): Filter {
  let at = 0;
  let depth = 0;

  const refuse = (place: number, expected: string): never => {
    throw new ArchiveError('filter.invalid', { expression, at: place, expected });
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(expression);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const startsCondition = (place: number): boolean => {
    conditionStart.lastIndex = place;
    return conditionStart.test(expression);
  };

  function joined(is: 'and' | 'or', next: () => Filter): Filter {
    const parts = [next()];
    const word = is === 'and' ? /\s*\band\b/iuy : /\s*\bor\b/iuy;
    while (take(word)) parts.push(next());
    return parts.length === 1 ? (parts[0] as Filter) : { is, parts };
  }
  const anyOf = (): Filter => joined('or', allOf);
  const allOf = (): Filter => joined('and', one);

  function one(): Filter {
    if (depth > DEEPEST) refuse(at, 'fewer brackets');
    if (take(/\s*not\b(?!\s*(?:!=|>=|<=|=|>|<|~))/iuy)) {
      depth += 1;
      const part = one();
      depth -= 1;
      return { is: 'not', part };
    }
    if (!take(/\s*\(/uy)) return condition();
    depth += 1;
    const inner = anyOf();
    depth -= 1;
    if (!take(/\s*\)/uy)) refuse(at, ')');
    return inner;
  }

  function condition(): Filter {
    const start = take(conditionStart)?.groups;
    if (!start?.['name'] || !start['operator'])
      return refuse(firstOdd(), 'name=value, name!=value, name>number, name<number or name~text');
    const { name, operator } = start;
    if (operator.toLowerCase() === 'in') return listed(name);
    const from = at;
    const inQuotes = quoted();
    const value = inQuotes ?? plain();
    const ends = operator === '=' && inQuotes === null ? range.exec(value)?.groups : undefined;
    if (ends?.['from'] && ends['to'])
      return {
        is: 'and',
        parts: [comparison(name, '>=', ends['from'], from), comparison(name, '<=', ends['to'], from)],
      };
    return comparison(name, operator as Operator, value, from);
  }

  function comparison(name: string, operator: Operator, value: string, from: number): Condition {
    const wantsNumber = /[<>]/u.test(operator) && name !== 'added';
    if (wantsNumber && (value === '' || !Number.isFinite(Number(value)))) refuse(from, 'a number');
    return { is: 'condition', name, operator, value };
  }

  function listed(name: string): Filter {
    take(/\s*\(/uy);
    const parts: Filter[] = [];
    do parts.push({ is: 'condition', name, operator: '=', value: quoted() ?? listValue() });
    while (take(/\s*,/uy));
    if (!take(/\s*\)/uy)) refuse(at, ', or )');
    return { is: 'or', parts };
  }

  function listValue(): string {
    const value = take(/\s*[^,()"]+/uy)?.[0].trim() ?? '';
    return value === '' ? refuse(at, 'a value') : value;
  }

  function quoted(): string | null {
    if (!take(/\s*"/uy)) return null;
    const from = at - 1;
    const text = take(/(?:[^"\\]|\\.)*/suy)?.[0] ?? '';
    if (!take(/"/uy)) refuse(from, 'a closing "');
    return text.replace(/\\(.)/gsu, '$1');
  }

  function plain(): string {
    const from = at;
    let brackets = 0;
    for (; at < expression.length; at += 1) {
      const letter = expression[at];
      if (letter === '(') brackets += 1;
      else if (letter === ')') {
        if (brackets === 0 && depth > 0) break;
        brackets = Math.max(0, brackets - 1);
      } else if (brackets === 0 && isJoint(from)) break;
    }
    return expression.slice(from, at).trim();
  }

  /** Whether an "and" or "or" stands here that joins conditions, or was meant to: nothing follows it. */
  function isJoint(from: number): boolean {
    const joint = /(?:and|or)\b\s*(?:not\b\s*|\(\s*)*/iuy;
    joint.lastIndex = at;
    const isWord = at === from || /\s/u.test(expression[at - 1] ?? '');
    if (!isWord || !joint.test(expression)) return false;
    const after = joint.lastIndex;
    return startsCondition(after) || (at > from && /^$|^\)/u.test(expression.slice(after)));
  }

  /** The first character that cannot belong to a name, or the end. */
  function firstOdd(): number {
    const rest = expression.slice(at);
    return at + rest.search(/[^\p{L}\p{N}_ .-]|$/u);
  }

  const whole = anyOf();
  take(/\s*/uy);
  if (at < expression.length) refuse(at, 'and, or, or the end');
  return whole;
}
