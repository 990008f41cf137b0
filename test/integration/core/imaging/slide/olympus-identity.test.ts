import { expect, test } from 'vitest';

import { noPixelFacts } from '../../../../../main/core/domain/identity.ts';
import { withFile } from '../../../../../main/core/imaging/file-bytes.ts';
import { vsiFields } from '../../../../../main/core/imaging/slide/olympus/vsi-identity.ts';
import { slideEvidence } from '../../../../../main/core/imaging/slide/slide-evidence.ts';
import { judgeIdentity } from '../../../../../main/core/privacy/judge-identity.ts';
import { hasShared, shared } from '../../../../support/shared.ts';
import { buildVsi, type VsiField } from '../../../../support/vsi-builder.ts';
import { temporaryFiles } from '../temporary-files.ts';

const file = temporaryFiles();
const noEvidence = { pixels: noPixelFacts, statement: 'none', options: [] } as const;

const document: readonly VsiField[] = [
  { tag: 11, text: 'A7.vsi' },
  { tag: 34, text: 'OLYMPUS cellSens Dimension' },
];
const judgedTags = async (more: readonly VsiField[]) => {
  const path = file(`${Math.random()}.vsi`, buildVsi([{ tag: 2, volume: [...document, ...more] }]));
  const { findings } = judgeIdentity(await vsiEvidence(path));
  return findings.map(({ code, verdict }) => `${code}:${verdict}`).toSorted();
};
const vsiEvidence = async (path: string) => ({
  ...noEvidence,
  fields: (await withFile(path, vsiFields)).found,
});

test.each<readonly [string, readonly VsiField[], readonly string[]]>([
  ['nothing but the program', [], []],
  ['an author', [{ tag: 15, text: 'Anna Zwiebel' }], ['owner:review']],
  ['a company', [{ tag: 16, text: 'Pathologie Nordstadt' }], ['institution:review']],
  ['a bar code', [{ tag: 120635, text: 'H2024-00123' }], ['accession-number:review']],
  ['a note', [{ tag: 13, text: 'call Dr. Zwiebel, 0761-123456' }], ['comment:block']],
  ['a text of an unknown field', [{ tag: 99123, text: 'Patient: Anna Zwiebel' }], ['patient-name:block']],
])('judged: %s', async (_, more, wanted) => expect(await judgedTags(more)).toEqual(wanted));

test.skipIf(!hasShared)(
  'the public VSI names the person at the microscope, in its TIFF and in its own tags',
  async () => {
    const { fields } = await slideEvidence(shared('data/slides/vsi/vsi-ets-test-jpg2k.vsi'));
    expect(fields.filter(({ field }) => field === 'owner')).toHaveLength(2);
    expect(judgeIdentity({ ...noEvidence, fields }).findings).toEqual([{ code: 'owner', verdict: 'review' }]);
  },
);
