import { paintAbdomen } from './ct-abdomen.ts';
import { paintHead } from './ct-head.ts';
import { paintLungSlice, paintMediastinum } from './ct-chest.ts';
import { paintBlank, paintChart } from './chart.ts';
import { paintGlands, paintLymphocytes, paintNecrosis, paintStroma, paintTumour } from './histology.ts';
import { paintBone } from './radiograph-bone.ts';
import { paintDevice, paintFrontal } from './radiograph-chest.ts';
import { paintLateral } from './radiograph-lateral.ts';
import type { Painter } from './scene.ts';
import { paintDermoscopy, paintFundus } from './surface.ts';

/** Every label and who draws it. The order is part of the generator: a seed names a label by its place here. */
export const painters = {
  'histology-glands': paintGlands,
  'histology-stroma': paintStroma,
  'histology-lymphocytes': paintLymphocytes,
  'histology-necrosis': paintNecrosis,
  'histology-tumour': paintTumour,
  'ct-chest-normal': paintLungSlice('normal'),
  'ct-chest-nodule': paintLungSlice('nodule'),
  'ct-chest-effusion': paintLungSlice('effusion'),
  'ct-mediastinum': paintMediastinum,
  'ct-abdomen': paintAbdomen,
  'ct-head-normal': paintHead('normal'),
  'ct-head-haemorrhage': paintHead('haemorrhage'),
  'xray-chest-frontal': paintFrontal,
  'xray-chest-lateral': paintLateral,
  'xray-chest-pacemaker': paintDevice,
  'xray-bone-normal': paintBone('normal'),
  'xray-bone-fracture': paintBone('fracture'),
  fundus: paintFundus,
  dermoscopy: paintDermoscopy,
  chart: paintChart,
  blank: paintBlank,
} as const satisfies Record<string, Painter>;

export type Label = keyof typeof painters;
export const labels = Object.keys(painters) as readonly Label[];

/** The coarser classes of the zero-shot check, each with the words a user would give it. */
export const classes = {
  glands: { prompt: 'H&E histology of glands', labels: ['histology-glands'] },
  stroma: { prompt: 'H&E histology of fibrous stroma', labels: ['histology-stroma'] },
  lymphocytes: { prompt: 'H&E histology of lymphocytes', labels: ['histology-lymphocytes'] },
  necrosis: { prompt: 'H&E histology of necrosis', labels: ['histology-necrosis'] },
  tumour: { prompt: 'H&E histology of tumour cells', labels: ['histology-tumour'] },
  'chest CT': {
    prompt: 'chest CT',
    labels: ['ct-chest-normal', 'ct-chest-nodule', 'ct-chest-effusion', 'ct-mediastinum'],
  },
  'abdominal CT': { prompt: 'abdominal CT', labels: ['ct-abdomen'] },
  'head CT': { prompt: 'head CT', labels: ['ct-head-normal', 'ct-head-haemorrhage'] },
  'chest radiograph': {
    prompt: 'chest radiograph',
    labels: ['xray-chest-frontal', 'xray-chest-lateral', 'xray-chest-pacemaker'],
  },
  'bone radiograph': { prompt: 'bone radiograph', labels: ['xray-bone-normal', 'xray-bone-fracture'] },
  'fundus photograph': { prompt: 'fundus photograph', labels: ['fundus'] },
  'dermoscopy image': { prompt: 'dermoscopy image', labels: ['dermoscopy'] },
} as const satisfies Record<string, { prompt: string; labels: readonly Label[] }>;
