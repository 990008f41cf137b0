import type { ReadDb } from './database.ts';

/** Something that should not be: what, how often, and one example without names or values. */
export interface Finding {
  readonly what: string;
  readonly count: number;
  readonly detail: string;
}

export interface DatabaseReport {
  readonly items: number;
  readonly regions: number;
  readonly embeddings: number;
  readonly sources: number;
  /** Media names that items point to. */
  readonly thumbs: string[];
  readonly findings: Finding[];
}

/** How far the length of a stored vector may be from 1. */
const LENGTH_TOLERANCE = 1e-3;

const rules: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: 'items without a region',
    sql: 'select count(*) as n, min(id) as id from item where id not in (select item_id from region)',
  },
  {
    what: 'files in order without an item',
    sql: `select count(*) as n, min(id) as id from file
          where state = 'ok' and id not in (select file_id from item_file)`,
  },
  {
    what: 'files whose content is not their item’s',
    sql: `select count(*) as n, min(f.id) as id from item_file j join file f on f.id = j.file_id
          join item i on i.id = j.item_id where f.state = 'ok' and f.sha256 <> i.sha256`,
  },
  {
    what: 'embeddings of another length than their model’s',
    sql: `select count(*) as n, min(e.region_id) as id from embedding e join model m on m.id = e.model_id
          where length(e.vector) <> 4 * m.dimensions`,
  },
];

/**
 * Checks the whole database: SQLite's own integrity, references, the rules of this schema, every vector's length,
 * and that each int8 copy has exactly the regions of the float truth. Takes seconds on a large archive: run it in a
 * worker, on a connection of its own.
 *
 * @param goOn - called again and again; what it throws ends the check.
 */
export function verifyDatabase(db: ReadDb, goOn: () => void): DatabaseReport {
  const findings: Finding[] = [];
  const found = (what: string, count: number, detail: string) => {
    if (count > 0) findings.push({ what, count, detail });
  };

  const integrity = db.pragma('integrity_check(20)') as { integrity_check: string }[];
  const broken = integrity.map((row) => row.integrity_check).filter((line) => line !== 'ok');
  found('damage that SQLite reports', broken.length, broken[0] ?? '');
  goOn();
  const references = db.pragma('foreign_key_check') as { table: string }[];
  found('references to nothing', references.length, references[0]?.table ?? '');
  for (const { what, sql } of rules) {
    const { n, id } = db.prepare(sql).get() as { n: number; id: number | null };
    found(what, n, `first: ${id ?? ''}`);
    goOn();
  }

  const models = db.prepare('select id from model').pluck().all() as number[];
  for (const model of models) checkVectors(db, model, found, goOn);

  const count = (table: string) => db.prepare(`select count(*) from ${table}`).pluck().get() as number;
  return {
    items: count('item'),
    regions: count('region'),
    embeddings: count('embedding'),
    sources: count('source'),
    thumbs: db.prepare('select distinct thumb from item where thumb is not null').pluck().all() as string[],
    findings,
  };
}

function checkVectors(
  db: ReadDb,
  model: number,
  found: (what: string, count: number, detail: string) => void,
  goOn: () => void,
): void {
  let odd = 0;
  let first = '';
  const vectors = db.prepare<[number], { id: number; vector: Uint8Array }>(
    'select region_id as id, vector from embedding where model_id = ?',
  );
  for (const { id, vector } of vectors.iterate(model)) {
    goOn();
    let square = 0;
    const view = new DataView(vector.buffer, vector.byteOffset, vector.byteLength);
    for (let at = 0; at + 4 <= vector.byteLength; at += 4) square += view.getFloat32(at, true) ** 2;
    if (Math.abs(square - 1) < LENGTH_TOLERANCE) continue;
    odd += 1;
    first ||= `model ${model}, region ${id}`;
  }
  found('vectors that are not of unit length', odd, first);

  const table = `vec_${Math.trunc(model)}`;
  const { n } = db
    .prepare(
      `select count(*) as n from (
         select region_id from embedding where model_id = @model except select region_id from ${table}
         union all select * from (select region_id from ${table} except
           select region_id from embedding where model_id = @model))`,
    )
    .get({ model }) as { n: number };
  found('int8 copies that do not match the vectors', n, `model ${model}`);
}
