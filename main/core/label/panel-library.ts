import type { PanelInput } from '../../../preload/contract/panels.ts';

/** Panels to begin with. Codes are of MeSH, the vocabulary that is free to use everywhere. */
export const panelLibrary: readonly { readonly about: string; readonly panel: PanelInput }[] = [
  {
    about: 'What kind of picture it is. A good first look at a mixed folder.',
    panel: {
      name: 'Modality',
      templates: ['{label}', 'a photo of {label}', 'this is an image of {label}'],
      labels: [
        {
          name: 'Histology',
          synonyms: ['H&E stained tissue', 'light microscopy of tissue', 'histopathology'],
        },
        {
          name: 'CT',
          synonyms: ['computed tomography', 'axial CT slice'],
          codes: ['MeSH|D014057|Tomography, X-Ray Computed'],
        },
        {
          name: 'MRI',
          synonyms: ['magnetic resonance imaging', 'MR image'],
          codes: ['MeSH|D008279|Magnetic Resonance Imaging'],
        },
        { name: 'X-ray', synonyms: ['radiograph', 'plain film'], codes: ['MeSH|D011859|Radiography'] },
        {
          name: 'Ultrasound',
          synonyms: ['sonography', 'ultrasound image'],
          codes: ['MeSH|D014463|Ultrasonography'],
        },
        {
          name: 'Endoscopy',
          synonyms: ['endoscopic image', 'colonoscopy image'],
          codes: ['MeSH|D004724|Endoscopy'],
        },
        {
          name: 'Dermoscopy',
          synonyms: ['dermoscopic image', 'skin lesion'],
        },
        { name: 'Fundus', synonyms: ['retinal fundus photograph', 'retina'] },
        { name: 'Chart', synonyms: ['plot', 'bar chart', 'diagram'] },
      ],
    },
  },
  {
    about: 'Findings on a chest radiograph, each for itself: any that apply.',
    panel: {
      name: 'Chest radiograph findings',
      mode: 'independent',
      templates: ['{label}', 'chest X-ray showing {label}', 'a chest radiograph with {label}'],
      labels: [
        {
          name: 'Pleural effusion',
          synonyms: ['fluid in the pleural space'],
          negatives: ['clear costophrenic angles', 'normal chest'],
          codes: ['MeSH|D010996|Pleural Effusion'],
        },
        {
          name: 'Pneumothorax',
          synonyms: ['collapsed lung with pleural air'],
          negatives: ['fully expanded lungs', 'normal chest'],
          codes: ['MeSH|D011030|Pneumothorax'],
        },
        {
          name: 'Consolidation',
          synonyms: ['airspace opacity', 'pneumonia'],
          negatives: ['clear lungs', 'normal chest'],
          codes: ['MeSH|D011014|Pneumonia'],
        },
        {
          name: 'Atelectasis',
          synonyms: ['volume loss of a lobe'],
          negatives: ['clear lungs', 'normal chest'],
          codes: ['MeSH|D001261|Pulmonary Atelectasis'],
        },
        {
          name: 'Pulmonary oedema',
          synonyms: ['interstitial oedema', 'pulmonary congestion'],
          negatives: ['clear lungs', 'normal chest'],
          codes: ['MeSH|D011654|Pulmonary Edema'],
        },
        {
          name: 'Cardiomegaly',
          synonyms: ['enlarged heart'],
          negatives: ['normal heart size', 'normal chest'],
          codes: ['MeSH|D006332|Cardiomegaly'],
        },
        {
          name: 'Pacemaker',
          synonyms: ['implanted cardiac device'],
          negatives: ['normal chest'],
          codes: ['MeSH|D010138|Pacemaker, Artificial'],
        },
      ],
    },
  },
  {
    about: 'How a section was stained.',
    panel: {
      name: 'Stain',
      templates: ['{label}', 'a section stained with {label}', 'light microscopy, {label} stain'],
      labels: [
        { name: 'H&E', synonyms: ['haematoxylin and eosin'] },
        {
          name: 'IHC',
          synonyms: ['immunohistochemistry with DAB', 'brown immunostain'],
          codes: ['MeSH|D007150|Immunohistochemistry'],
        },
        {
          name: 'PAS',
          synonyms: ['periodic acid-Schiff'],
          codes: ['MeSH|D010504|Periodic Acid-Schiff Reaction'],
        },
        { name: 'Trichrome', synonyms: ["Masson's trichrome", 'blue collagen stain'] },
        { name: 'Silver', synonyms: ['reticulin silver stain', 'Grocott silver stain'] },
        { name: 'Fluorescence', synonyms: ['immunofluorescence', 'fluorescence microscopy'] },
      ],
    },
  },
  {
    about: 'Tissue of a colorectal or breast section, tile by tile.',
    panel: {
      name: 'Tissue type',
      templates: ['{label}', 'a histopathology image of {label}', 'an H&E stained section showing {label}'],
      topTiles: 10,
      labels: [
        { name: 'Tumour epithelium', synonyms: ['adenocarcinoma', 'malignant glands'], parent: 'Tumour' },
        {
          name: 'Tumour stroma',
          synonyms: ['desmoplastic stroma', 'cancer-associated stroma'],
          parent: 'Tumour',
        },
        { name: 'Tumour' },
        { name: 'Lymphocytes', synonyms: ['lymphocytic infiltrate', 'lymphoid aggregate'] },
        { name: 'Normal mucosa', synonyms: ['normal glands', 'benign epithelium'] },
        { name: 'Smooth muscle', synonyms: ['muscularis propria'] },
        { name: 'Adipose tissue', synonyms: ['fat', 'adipocytes'] },
        { name: 'Necrosis', synonyms: ['necrotic debris'] },
        { name: 'Mucus', synonyms: ['mucin'] },
        { name: 'Background', synonyms: ['empty glass', 'blank slide background'] },
      ],
    },
  },
  {
    about: 'Projection of a chest radiograph.',
    panel: {
      name: 'View',
      templates: ['{label}', 'a chest X-ray, {label}', '{label} radiograph'],
      labels: [
        { name: 'Frontal', synonyms: ['posteroanterior view', 'anteroposterior view'] },
        { name: 'Lateral', synonyms: ['lateral view', 'side view'] },
        { name: 'Other view', synonyms: ['oblique view', 'abdominal view', 'limb'] },
      ],
    },
  },
  {
    about: 'Which side an extremity or breast is of. Sides are hard for most models: calibrate before use.',
    panel: {
      name: 'Laterality',
      templates: ['{label}', 'an image of the {label}'],
      labels: [
        { name: 'Left', synonyms: ['left side', 'marker L'] },
        { name: 'Right', synonyms: ['right side', 'marker R'] },
        { name: 'Both sides', synonyms: ['bilateral'] },
      ],
    },
  },
  {
    about: 'Whether a picture is fit for use.',
    panel: {
      name: 'Image quality',
      templates: ['{label}', 'a picture that is {label}', 'a {label} medical image'],
      labels: [
        { name: 'Sharp', synonyms: ['in focus', 'well exposed'] },
        { name: 'Blurred', synonyms: ['out of focus', 'motion blur'] },
        { name: 'Too dark or too bright', synonyms: ['underexposed', 'overexposed'] },
        { name: 'Artefact', synonyms: ['tissue fold', 'air bubble', 'pen mark', 'metal artefact'] },
        { name: 'Blank', synonyms: ['empty picture', 'uniform background'] },
      ],
    },
  },
];
