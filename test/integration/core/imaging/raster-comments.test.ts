import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

import { openFile } from '../../../../main/core/imaging/open-file.ts';
import { judgeIdentity } from '../../../../main/core/privacy/judge-identity.ts';
import { temporaryFiles } from './temporary-files.ts';

const file = temporaryFiles();
let made = 0;

async function codesOf(bytes: Uint8Array): Promise<string[]> {
  const { evidence } = await openFile(file(`${made++}.bin`, bytes));
  return judgeIdentity(evidence).findings.map(({ code, verdict }) => `${code}:${verdict}`);
}

const named = Buffer.from('Patient name: Anna Zwiebel');
const harmless = Buffer.from('CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 75');
const plain = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#765' } });

describe('a comment of JPEG', () => {
  const segment = (text: Buffer, length = text.length + 2) =>
    Buffer.concat([Buffer.of(0xff, 0xfe, length >> 8, length & 255), text]);
  const withSegments = async (...segments: readonly Buffer[]) => {
    const bytes = await plain().jpeg().toBuffer();
    return Buffer.concat([bytes.subarray(0, 2), ...segments, bytes.subarray(2)]);
  };

  test('is judged like any other description, also the last of several and behind fill bytes', async () => {
    expect(await codesOf(await withSegments(segment(harmless)))).toEqual([]);
    expect(await codesOf(await withSegments(segment(named)))).toEqual(['patient-name:block']);
    const filled = Buffer.concat([Buffer.of(0xff, 0xff), segment(named)]);
    expect(await codesOf(await withSegments(segment(harmless), filled))).toEqual(['patient-name:block']);
  });

  test('of which there are megabytes is not taken for read', async () => {
    const long = segment(Buffer.alloc(65_000, 'well done '));
    const many = Array.from({ length: 300 }, () => long);
    expect(await codesOf(await withSegments(...many, segment(named)))).toContain('unread-text:review');
  });
});

describe('a comment of GIF', () => {
  const withBlock = async (block: Buffer) => {
    const bytes = await plain().gif().toBuffer();
    // In front of the trailer, behind the last frame.
    return Buffer.concat([bytes.subarray(0, -1), block, bytes.subarray(-1)]);
  };
  const comment = (text: Buffer) => Buffer.concat([Buffer.of(0x21, 0xfe, text.length), text, Buffer.of(0)]);

  test('is judged wherever it stands', async () => {
    expect(await codesOf(await plain().gif().toBuffer())).toEqual([]);
    expect(await codesOf(await withBlock(comment(Buffer.from('made with care'))))).toEqual([]);
    expect(await codesOf(await withBlock(comment(named)))).toEqual(['patient-name:block']);
  });

  test('behind a block that is none is not taken for read', async () => {
    const broken = Buffer.concat([Buffer.of(0x55), comment(named)]);
    expect(await codesOf(await withBlock(broken))).toEqual(['unread-text:review']);
  });
});

describe('words in JPEG 2000', () => {
  const codestream = readFileSync(join(import.meta.dirname, '../../../fixtures/imaging/ycc-444.j2k'));
  const box = (type: string, body: Buffer, size = body.length + 8) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(size);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, body]);
  };
  const jp2 = (...more: readonly Buffer[]) =>
    Buffer.concat([
      box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
      box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
      ...more,
      box('jp2c', codestream),
    ]);
  const uuid = (id: string, body: Buffer) => box('uuid', Buffer.concat([Buffer.from(id, 'hex'), body]));
  const xmp = Buffer.from(
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>Anna Zwiebel</dc:creator></x:xmpmeta>',
  );

  test('its own comment, which names the program, is clear', async () => {
    expect(await codesOf(codestream)).toEqual([]);
    expect(await codesOf(jp2())).toEqual([]);
  });

  test('are judged in the codestream, in XML and in XMP', async () => {
    const segment = Buffer.alloc(6);
    segment.writeUInt16BE(0xff64);
    segment.writeUInt16BE(named.length + 4, 2);
    segment.writeUInt16BE(1, 4);
    // Behind SIZ, which is the first segment.
    const behind = 4 + codestream.readUInt16BE(4);
    const commented = [codestream.subarray(0, behind), segment, named, codestream.subarray(behind)];
    expect(await codesOf(Buffer.concat(commented))).toEqual(['patient-name:block']);
    const xml = Buffer.from('<case><patientName>Anna Zwiebel</patientName></case>');
    expect(await codesOf(jp2(box('xml ', xml)))).toEqual(['patient-name:block']);
    expect(await codesOf(jp2(uuid('be7acfcb97a942e89c71999491e3afac', xmp)))).toEqual(['owner:review']);
    expect(await codesOf(jp2(uuid('00'.repeat(16), xmp)))).toEqual([]);
  });

  test('behind a box that reaches beyond the file are not taken for read', async () => {
    expect(await codesOf(jp2(box('free', Buffer.alloc(0), 0x7fffffff)))).toEqual(['unread-text:review']);
  });
});
