import type { Condition, Operator } from '../domain/filter.ts';

export interface SqlPart {
  /** A boolean expression over `item i`; values stand as `?`. */
  readonly sql: string;
  readonly params: (string | number)[];
}

const textColumns: Readonly<Record<string, string>> = {
  kind: 'i.kind',
  modality: 'i.modality',
  bodyPart: 'i.body_part',
  stain: 'i.stain',
  sha256: 'i.sha256',
  patient: 'i.patient_key',
  study: 'i.study_key',
  series: 'i.series_key',
  slide: 'i.slide_key',
};
const numberColumns: Readonly<Record<string, string>> = {
  item: 'i.id',
  width: 'i.width_px',
  height: 'i.height_px',
  frames: 'i.frames',
  size: 'i.size_bytes',
  mpp: 'i.mpp',
};

// Subqueries stand by themselves, so that SQLite runs each once, by its index, and not for every item.
const files = (condition: string) =>
  `i.id in (select j.item_id from source s join file f on f.source_id = s.id join item_file j on j.file_id = f.id
            where ${condition})`;

/** Conditions joined by "and" as one SQL expression; an empty list is always true. */
export function filterSql(conditions: readonly Condition[]): SqlPart {
  const parts = conditions.map(conditionSql);
  return {
    sql: parts.length === 0 ? 'true' : parts.map(({ sql }) => `(${sql})`).join(' and '),
    params: parts.flatMap(({ params }) => params),
  };
}

function conditionSql({ name, operator, value }: Condition): SqlPart {
  const text = textColumns[name];
  if (text) return value === '' ? absent(text, operator) : compareText(text, operator, value);
  const number = numberColumns[name];
  if (number) return value === '' ? absent(number, operator) : compareNumber(number, operator, value);
  if (operator === '!=') return negate(conditionSql({ name, operator: '=', value }));
  if (name === 'tag')
    return value === ''
      ? { sql: 'i.id not in (select t.item_id from tag t)', params: [] }
      : within('i.id in (select t.item_id from tag t where %)', compareText('t.tag', operator, value));
  if (name === 'path') return within(files('%'), compareText('f.path', operator, value));
  if (name === 'source') return within(files('%'), compareText('s.root', operator, value));
  if (name === 'state') return within(files('%'), compareText('f.state', operator, value));
  return attribute(name, operator, value);
}

function attribute(name: string, operator: Operator, value: string): SqlPart {
  const wrap = 'i.id in (select a.item_id from attribute a where a.name = ? and %)';
  if (value === '')
    return {
      sql: 'i.id not in (select a.item_id from attribute a where a.name = ?)',
      params: [name],
    };
  const numeric = Number.isFinite(Number(value));
  const part =
    numeric && operator !== '~'
      ? compareNumber('a.number', operator, value)
      : compareText('a.text', operator, value);
  const either =
    numeric && operator === '='
      ? { sql: `(${part.sql} or a.text = ?)`, params: [...part.params, value] }
      : part;
  return { sql: wrap.replace('%', () => either.sql), params: [name, ...either.params] };
}

function compareText(column: string, operator: Operator, value: string): SqlPart {
  if (operator === '~')
    return { sql: `${column} like ? escape '\\'`, params: [`%${value.replace(/[\\%_]/g, '\\$&')}%`] };
  if (operator === '!=')
    return { sql: `(${column} is null or ${column} <> ? collate nocase)`, params: [value] };
  return { sql: `${column} ${operator} ? collate nocase`, params: [value] };
}

function compareNumber(column: string, operator: Operator, value: string): SqlPart {
  if (operator === '~') return compareText(`cast(${column} as text)`, operator, value);
  if (operator === '!=') return { sql: `(${column} is null or ${column} <> ?)`, params: [Number(value)] };
  return { sql: `${column} ${operator} ?`, params: [Number(value)] };
}

const absent = (column: string, operator: Operator): SqlPart => ({
  sql: operator === '!=' ? `${column} is not null` : `${column} is null`,
  params: [],
});
const within = (wrap: string, part: SqlPart): SqlPart => ({
  sql: wrap.replace('%', () => part.sql),
  params: part.params,
});
const negate = (part: SqlPart): SqlPart => ({ sql: `not (${part.sql})`, params: part.params });
