import { createReadStream } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { fileFault } from '../../../preload/contract/file-fault.ts';
import { brokenLine, plainRecords, quotedRecords, type VocabularyRecord } from './vocabulary-records.ts';
import { isRf2, rf2Terms, tableTerms, type ReadRow, type VocabularyTerm } from './vocabulary-terms.ts';

/** Bytes read at a time, some hundred rows: parsing and writing them takes a few milliseconds. */
const PIECE = 64 * 1024;

/**
 * Reads a vocabulary piece by piece, however long the file is.
 *
 * @param system - of rows that do not say; RF2 is SNOMED CT when it is left out.
 * @throws ArchiveError `vocabulary.unreadable` with the line, `file.missing`, `file.unreadable`.
 */
export async function* readVocabulary(
  path: string,
  system: string | undefined,
  signal: AbortSignal,
  onread: (bytes: number) => void = () => undefined,
): AsyncGenerator<VocabularyTerm[]> {
  let head = '';
  let reader: ReturnType<typeof readerFor> | null = null;
  for await (const text of pieces(path, signal, onread)) {
    if (reader) {
      yield reader.push(text);
      continue;
    }
    head += text;
    if (!head.includes('\n') && head.length < PIECE) continue;
    reader = readerFor(head, system);
    yield reader.push(head);
  }
  if (!reader) {
    reader = readerFor(head, system);
    yield reader.push(head);
  }
  yield reader.end();
}

/** What the first line says of a file. */
export function formatOf(head: string) {
  const first = (/^[^\r\n]*/.exec(head)?.[0] ?? '').trim();
  const separator = first.includes('\t') ? '\t' : first.includes(';') && !first.includes(',') ? ';' : ',';
  const columns = first.split(separator).map((cell) =>
    cell
      .replace(/^\ufeff?"?|"$/g, '')
      .trim()
      .toLowerCase(),
  );
  return { separator, columns, rf2: isRf2(first.split('\t')) };
}

/** The reader that the first line asks for. */
function readerFor(head: string, system: string | undefined) {
  const { separator, rf2 } = formatOf(head);
  const records = rf2 ? plainRecords() : quotedRecords(separator);
  let read: ReadRow | null = null;
  const terms = (rows: readonly VocabularyRecord[]): VocabularyTerm[] =>
    rows.flatMap((row) => {
      if (read) return read(row);
      read = rf2 ? rf2Terms(system ?? 'SNOMED CT') : tableTerms(row.cells, system);
      return [];
    });
  return { push: (text: string) => terms(records.push(text)), end: () => terms(records.end()) };
}

async function* pieces(
  path: string,
  signal: AbortSignal,
  onread: (bytes: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 1;
  let read = 0;
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: PIECE, signal })) {
      read += (bytes as Uint8Array).length;
      onread(read);
      const text = decoder.decode(bytes as Uint8Array, { stream: true });
      yield text;
      lines += text.split('\n').length - 1;
    }
    yield decoder.decode();
  } catch (cause) {
    if (signal.aborted || cause instanceof ArchiveError) throw cause;
    if (cause instanceof TypeError) throw brokenLine(lines, 'not UTF-8, on this line or soon after');
    throw fileFault(cause, { path });
  }
}
