import type { Label } from './labels.ts';

/** Words and what must be true of a picture for them to be right, as `name=value` of its attributes. */
export type Said = readonly [words: string, ...needs: string[]];

/** Phrases between bars. What a phrase needs stands in brackets: `a subdural haematoma [place=subdural]`. */
const phrases = (text: string): readonly Said[] =>
  text.split('|').map((phrase): Said => {
    const [words = '', needs] = phrase.trim().split(/ \[(.+)\]$/);
    return needs ? [words, ...needs.split('&')] : [words];
  });

const words = (text: string): readonly string[] => text.split('|').map((phrase) => phrase.trim());

/** How a picture of each kind may be called. */
export const kinds = {
  histology: words(`
    H&E histology|H&E stained section|H&E|haematoxylin and eosin histology|
    hematoxylin and eosin stained tissue|hematoxylin and eosin histopathology|histopathology|histology|
    histology slide|histopathology slide|tissue section|light microscopy|photomicrograph|pathology image|
    H&E stain
  `),
  lungCt: words(`
    chest CT|CT of the chest|axial CT slice of the chest|thoracic CT|chest CT in the lung window|
    computed tomography of the thorax|lung CT|CT scan of the lungs|CT thorax|chest computed tomography|
    CT chest lung window
  `),
  mediastinalCt: words(`
    chest CT in the mediastinal window|CT of the chest in the soft tissue window|
    mediastinal window of a chest CT|thoracic CT in the mediastinal window|
    axial CT slice of the mediastinum|CT thorax soft tissue window|CT of the mediastinum
  `),
  abdominalCt: words(`
    abdominal CT|CT of the abdomen|axial CT slice of the abdomen|CT abdomen|
    computed tomography of the abdomen|upper abdominal CT|CT scan of the abdomen
  `),
  headCt: words(`
    head CT|CT of the head|brain CT|axial CT slice of the brain|cranial CT|CT brain|
    computed tomography of the head|CT scan of the brain|CT head brain window
  `),
  frontal: words(`
    frontal chest radiograph|frontal chest x-ray|PA chest x-ray|AP chest radiograph|
    posteroanterior chest radiograph|chest x-ray, frontal view|front view of the chest, x-ray|
    chest radiograph in frontal projection
  `),
  lateral: words(`
    lateral chest radiograph|lateral chest x-ray|chest x-ray, lateral view|side view of the chest, x-ray|
    lateral view of the thorax, radiograph|chest radiograph in lateral projection|
    lateral plain film of the chest
  `),
  bone: words(`
    bone radiograph|bone x-ray|x-ray of a long bone|radiograph of a limb|skeletal radiograph|
    extremity x-ray|plain film of a bone|orthopaedic x-ray|radiograph of an extremity
  `),
  fundus: words(`
    fundus photograph|retinal photograph|fundus image|colour fundus photograph|color fundus photography|
    retina|retinal image|fundoscopy|eye fundus|retinal fundus image|ophthalmic photograph
  `),
  dermoscopy: words(`
    dermoscopy image|dermoscopy|dermatoscopy|dermoscopic image|dermatoscopic photograph|skin photograph|
    close view of the skin|dermatology image
  `),
  chart: words(`
    chart|plain chart|graph|plot|diagram with axes|statistical chart|data plot|figure with a chart
  `),
  blank: words(`
    blank frame|empty frame|blank image|empty image|uniform frame|image without content|blank picture
  `),
} as const;

interface Subject {
  readonly kind: keyof typeof kinds;
  /** Every phrase, said with its kind, tells the label from all others. */
  readonly shows: readonly Said[];
}

const subject = (kind: keyof typeof kinds, shows: string): Subject => ({ kind, shows: phrases(shows) });

/** What the pictures of each label show. */
export const subjects: Readonly<Record<Label, Subject>> = {
  'histology-glands': subject(
    'histology',
    `
    glands|glandular tissue|glandular epithelium|round glands with open lumens|tubular glands|
    benign glands in stroma|gland formation|crypts
  `,
  ),
  'histology-stroma': subject(
    'histology',
    `
    stroma|fibrous stroma|collagen fibres|connective tissue|fibrosis|
    spindle cells between collagen fibers|collagenous stroma|fibrous tissue
  `,
  ),
  'histology-lymphocytes': subject(
    'histology',
    `
    lymphocytes|lymphocytic infiltrate|lymphoid infiltrate|lymphoid tissue|dense inflammation|
    small round dark lymphocytes|inflammatory cells|lymphoid cells
  `,
  ),
  'histology-necrosis': subject(
    'histology',
    `
    necrosis|necrotic tissue|necrotic debris|dead tissue|coagulative necrosis|an area of necrosis|
    smudged necrotic tissue
  `,
  ),
  'histology-tumour': subject(
    'histology',
    `
    tumour cells|tumor cells|carcinoma|cancer|crowded atypical nuclei|malignant tumour|malignant tumor|
    pleomorphic nuclei with nucleoli|high grade carcinoma|malignant cells|tumour-like crowding
  `,
  ),
  'ct-chest-normal': subject(
    'lungCt',
    `
    normal lungs|clear lungs|no abnormality|no nodule or effusion|normal findings|healthy lungs
  `,
  ),
  'ct-chest-nodule': subject(
    'lungCt',
    `
    a nodule|a pulmonary nodule|a lung nodule|a solitary nodule|a round lung lesion|a lung mass|
    a nodule in the right lung [side=right]|a nodule in the left lung [side=left]|
    a spiculated nodule [margin=spiculated]|a small nodule [size=small]|a large nodule [size=large]
  `,
  ),
  'ct-chest-effusion': subject(
    'lungCt',
    `
    a pleural effusion|pleural effusion|pleural fluid|fluid around the lung|
    a right pleural effusion [side=right]|a left pleural effusion [side=left]|
    bilateral pleural effusions [side=both]|a large effusion [size=large]|a small effusion [size=small]
  `,
  ),
  'ct-mediastinum': subject(
    'mediastinalCt',
    `
    heart and great vessels|the mediastinum|the aorta|normal mediastinum|
    contrast in the great vessels [contrast=enhanced]|no contrast agent [contrast=plain]
  `,
  ),
  'ct-abdomen': subject(
    'abdominalCt',
    `
    liver, spleen and kidneys|the liver|the kidneys|the upper abdomen|abdominal organs|liver and stomach|
    contrast enhanced kidneys [contrast=enhanced]|no contrast agent [contrast=plain]
  `,
  ),
  'ct-head-normal': subject(
    'headCt',
    `
    a normal brain|no haemorrhage|no hemorrhage|normal ventricles|no bleeding|normal findings|
    healthy brain
  `,
  ),
  'ct-head-haemorrhage': subject(
    'headCt',
    `
    a haemorrhage|a hemorrhage|intracranial haemorrhage|intracranial hemorrhage|an intracranial bleed|
    a haematoma|bleeding|a subdural haematoma [place=subdural]|a subdural hematoma [place=subdural]|
    an epidural haematoma [place=epidural]|an intracerebral haemorrhage [place=intracerebral]|
    a haemorrhage on the left [side=left]|a haemorrhage on the right [side=right]
  `,
  ),
  'xray-chest-frontal': subject(
    'frontal',
    `
    no device|normal findings|clear lungs and a normal heart|no pacemaker|no abnormality|
    normal heart and lungs
  `,
  ),
  'xray-chest-lateral': subject(
    'lateral',
    `
    normal findings|spine and sternum|the heart from the side|no abnormality|the vertebral column|
    clear lungs
  `,
  ),
  'xray-chest-pacemaker': subject(
    'frontal',
    `
    a pacemaker|a cardiac device|an implanted pacemaker with leads|a pacemaker and its leads|
    an implanted device|a pacemaker on the left [side=left]|a pacemaker on the right [side=right]|
    a single lead pacemaker [leads=one]|a two lead pacemaker [leads=two]
  `,
  ),
  'xray-bone-normal': subject(
    'bone',
    `
    no fracture|intact bone|normal bone|a normal shaft|intact cortex|
    a normal forearm, radius and ulna [part=forearm]|a normal femur [part=femur]|
    a normal tibia and fibula [part=lower leg]
  `,
  ),
  'xray-bone-fracture': subject(
    'bone',
    `
    a fracture|a fracture line|a broken bone|a shaft fracture|a displaced fracture|
    a fracture of the forearm [part=forearm]|a femur fracture [part=femur]|
    a fracture of the lower leg, tibia [part=lower leg]
  `,
  ),
  fundus: subject(
    'fundus',
    `
    optic disc and vessels|optic disc and macula|the optic nerve head|retinal vessels|the retina|
    the back of the eye|a right eye [side=right]|a left eye [side=left]
  `,
  ),
  dermoscopy: subject(
    'dermoscopy',
    `
    a pigmented skin lesion|a brown lesion|a naevus|a nevus|a mole|a skin lesion|pigment network|
    an irregular lesion, suspected melanoma [outline=irregular]|a round regular mole [outline=round]
  `,
  ),
  chart: subject(
    'chart',
    `
    axes and data|plotted data|a line chart [chart=line]|a line graph [chart=line]|
    a bar chart [chart=bar]|bars [chart=bar]|a scatter plot [chart=scatter]|data points [chart=scatter]
  `,
  ),
  blank: subject(
    'blank',
    `
    nothing|no content|no subject|only noise|a black frame [tone=black]|a white frame [tone=white]|
    a grey frame [tone=grey]|a gray frame [tone=grey]
  `,
  ),
};
