import type { Condition, Filter, Operator } from '../domain/filter.ts';
import { isLater } from './reviews.ts';
import { wordsQuery } from './words-query.ts';

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
  added: 'i.added_at',
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

/** Filters that must all hold, as one SQL expression, null where it is false; an empty list is always true. */
export const filterSql = (filters: readonly Filter[]): SqlPart => joined('and', filters, 'true');

function joined(word: 'and' | 'or', filters: readonly Filter[], empty: string): SqlPart {
  const parts = filters.map(partSql);
  return {
    sql: parts.length === 0 ? empty : parts.map(({ sql }) => `(${sql})`).join(` ${word} `),
    params: parts.flatMap(({ params }) => params),
  };
}

function partSql(filter: Filter): SqlPart {
  if (filter.is === 'condition') return conditionSql(filter);
  if (filter.is === 'not') return negate(partSql(filter.part));
  return joined(filter.is, filter.parts, filter.is === 'and' ? 'true' : 'false');
}

function conditionSql({ name, operator, value }: Condition): SqlPart {
  const text = textColumns[name];
  if (text) return value === '' ? absent(text, operator) : compareText(text, operator, value);
  const number = numberColumns[name];
  if (number) return value === '' ? absent(number, operator) : compareNumber(number, operator, value);
  if (operator === '!=') return negate(conditionSql({ is: 'condition', name, operator: '=', value }));
  const special = specials[name];
  return special ? special(operator, value) : attribute(name, operator, value);
}

/** Names that are neither columns nor attributes; "!=" has become "not =" before. */
const specials: Readonly<Record<string, (operator: Operator, value: string) => SqlPart>> = {
  tag: (operator, value) =>
    value === ''
      ? { sql: 'i.id not in (select t.item_id from tag t)', params: [] }
      : within('i.id in (select t.item_id from tag t where %)', compareText('t.tag', operator, value)),
  path: (operator, value) => within(files('%'), compareText('f.path', operator, value)),
  source: (operator, value) => within(files('%'), compareText('s.root', operator, value)),
  state: (operator, value) => within(files('%'), compareText('f.state', operator, value)),
  saved: inSaved,
  text: words,
  label: labelled,
  reviewed: reviewed,
  code: coded,
  probability: (operator, value) =>
    within(
      `i.id in (select p.item_id from prediction p where p.run_id in (${latestRuns}) and %)`,
      compareNumber('p.probability', operator, value),
    ),
};

const latestRuns =
  "select max(id) from panel_run where summary <> '{}' group by json_extract(panel, '$.name')";
const hexDigit = (value: string) => `substr('0123456789abcdef', (${value}) + 1, 1)`;
/**
 * Predictions of the latest runs with the labels that they say. Of exclusive labels it is the first one of items that are
 * certain; of independent ones each that stands above its line, a byte of `said`, which runs before migration 10 lack.
 * Labels are those that competed; runs of the first schema have them in the panel.
 */
const saidLabels = `panel_run r join json_each(coalesce(r.score_map, r.panel), '$.labels') l
  join prediction p on p.run_id = r.id and case when p.said is null then p.label = l.key and p.abstain = 0
    else instr(p.said, unhex(${hexDigit('l.key >> 4')} || ${hexDigit('l.key & 15')})) > 0 end`;
const labelName = "case l.type when 'object' then json_extract(l.value, '$.name') else l.value end";

/** Items that the latest run of a panel says to have this label. */
function labelled(operator: Operator, value: string): SqlPart {
  if (value === '')
    return {
      sql: `i.id not in (select p.item_id from prediction p where p.run_id in (${latestRuns}))`,
      params: [],
    };
  return within(
    `i.id in (select p.item_id from ${saidLabels} where r.id in (${latestRuns}) and %)`,
    compareText(labelName, operator, value),
  );
}

/** Items that stood out when a saved search was last kept. */
function inSaved(operator: Operator, value: string): SqlPart {
  const newest = '(select max(n.id) from saved_result n where n.search_id = s.id)';
  const wrap = `i.sha256 in (select h.sha256 from saved_search s join saved_result r on r.id = ${newest}
    join saved_hit h on h.result_id = r.id and h.place < r.stand_out where s.removed_at is null and %)`;
  if (value === '') return negate({ sql: wrap.replace('%', 'true'), params: [] });
  return within(wrap, compareText('s.name', operator, value));
}

/** The same by a concept of the label: `system|code`, with or without the words after it. */
function coded(operator: Operator, value: string): SqlPart {
  const parts = value.split('|');
  const exact = operator === '=' && parts.length === 2;
  return within(
    `i.id in (select p.item_id from ${saidLabels}
       join json_each(r.panel, '$.labels') k on json_extract(k.value, '$.name') = ${labelName}
       join json_each(k.value, '$.codes') c
       where r.id in (${latestRuns}) and %)`,
    exact
      ? { sql: "c.value like ? escape '\\'", params: [`${escaped(value)}|%`] }
      : compareText('c.value', operator, value),
  );
}

/** Items to which a person gave this label; a reader's later decision replaces an earlier one. */
function reviewed(operator: Operator, value: string): SqlPart {
  const inForce = `v.undone_at is null and v.verdict in ('confirm', 'correct') and not exists (
    select 1 from review n where n.panel_name = v.panel_name and n.item_id = v.item_id and n.reader = v.reader
      and n.undone_at is null and n.verdict <> 'skip' and ${isLater('n', 'v')})`;
  if (value === '')
    return { sql: `i.id not in (select v.item_id from review v where ${inForce})`, params: [] };
  return within(
    `i.id in (select v.item_id from review v join json_each(v.labels) l where ${inForce} and %)`,
    compareText('l.value', operator, value),
  );
}

/** Every word must be somewhere among an item's attributes, captions and reports; the last letters may be missing. */
function words(_operator: Operator, value: string): SqlPart {
  const queries = wordsQuery(value);
  if (queries.length === 0) return { sql: 'i.id not in (select w.item_id from item_words w)', params: [] };
  const one =
    'i.id in (select w.item_id from words join item_words w on w.id = words.rowid where words match ?)';
  return { sql: queries.map(() => one).join(' and '), params: queries };
}

function attribute(name: string, operator: Operator, value: string): SqlPart {
  const wrap = 'i.id in (select a.item_id from attribute a where a.name = ? and %)';
  if (value === '')
    return { sql: 'i.id not in (select a.item_id from attribute a where a.name = ?)', params: [name] };
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
    return {
      sql: `${column} like ? escape '\\'`,
      params: [`%${escaped(value)}%`],
    };
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
/** What is unknown does not fit, so its opposite does: null counts as false here. */
const negate = (part: SqlPart): SqlPart => ({ sql: `not coalesce((${part.sql}), 0)`, params: part.params });

/** For a pattern of `like` with a backslash as its escape. */
const escaped = (value: string): string => value.replace(/[\\%_]/g, '\\$&');
