import type { Said } from './words.ts';

/** What people type when they do not write sentences, by what makes it true. */
const typed: Readonly<Record<string, string>> = {
  'modality=histology': `
    histology|histopathology|H&E|H&E stain|microscopy|tissue section|pathology|slide|stained tissue|
    haematoxylin and eosin|hematoxylin and eosin|tissue|pathology slide
  `,
  'modality=ct': `CT|CT scan|computed tomography|axial CT|CT slice|tomography|axial slice|CT image`,
  'modality=radiograph': `radiograph|x-ray|plain film|X-ray image|xray|plain radiograph|radiography`,
  'modality=radiograph&site=chest': `chest radiograph|chest x-ray|chest film|CXR|thorax x-ray`,
  'modality=ct&site=chest': `chest CT|CT of the chest|thoracic CT|CT thorax`,
  'site=chest': `chest|thorax|chest imaging|lungs|ribs|heart and lungs`,
  'window=lung': `lung window|lung CT|lung parenchyma`,
  'label=ct-mediastinum': `mediastinum|mediastinal window|great vessels|soft tissue window of the chest|aorta`,
  'label=ct-abdomen': `
    abdomen|abdominal|liver|kidney|kidneys|spleen|abdominal CT|bowel|stomach|belly|CT abdomen
  `,
  'site=head': `head|brain|skull|head CT|brain CT|cranial CT|ventricles|brain scan`,
  'label=ct-head-normal': `normal brain|normal head CT|no haemorrhage|head CT without bleeding|normal brain CT`,
  'finding=haemorrhage': `
    haemorrhage|hemorrhage|intracranial haemorrhage|brain bleed|bleeding|haematoma|hematoma|
    blood in the brain|stroke
  `,
  'place=subdural': `subdural|subdural haematoma|crescent of blood`,
  'finding=nodule': `
    nodule|lung nodule|pulmonary nodule|nodules|lung mass|lung cancer|coin lesion|lung lesion|
    nodule in the lung
  `,
  'finding=effusion': `effusion|pleural effusion|pleural fluid|fluid in the chest|hydrothorax`,
  'label=ct-chest-normal': `normal chest CT|normal lungs|clear lungs on CT|lung CT without nodule`,
  'view=frontal': `frontal view|frontal chest radiograph|PA view|AP view|frontal|frontal chest x-ray`,
  'label=xray-chest-frontal': `
    normal chest x-ray|normal chest radiograph|normal frontal chest x-ray|chest x-ray without device
  `,
  'view=lateral': `
    lateral view|lateral|lateral chest radiograph|side view|lateral chest x-ray|lateral projection|
    profile view
  `,
  'finding=device': `
    pacemaker|cardiac device|device|implant|pacemaker leads|chest x-ray with pacemaker|
    pacemaker on a chest radiograph|ICD|metal implant|wires
  `,
  'site=bone': `
    bone|bones|bone x-ray|limb|skeleton|bone radiograph|long bone|orthopaedic|arm or leg|extremity
  `,
  'finding=fracture': `
    fracture|broken bone|bone fracture|fracture line|fractured|break|displaced fracture|
    fractured bone on x-ray
  `,
  'label=xray-bone-normal': `normal bone|intact bone|no fracture|normal bone x-ray|unbroken bone`,
  'part=forearm': `forearm|radius and ulna|ulna`,
  'part=femur': `femur|thigh bone|thigh`,
  'part=lower leg': `lower leg|tibia|fibula|tibia and fibula|shin`,
  'label=fundus': `
    fundus|retina|fundus photograph|eye|optic disc|macula|retinal vessels|retinal image|ophthalmology|
    optic nerve|fundoscopy|eye photograph
  `,
  'label=dermoscopy': `
    dermoscopy|skin|skin lesion|mole|naevus|nevus|melanoma|pigmented lesion|dermatology|dermatoscopy|
    skin cancer|birthmark
  `,
  'label=chart': `chart|graph|plot|diagram|figure with axes|statistics|axes`,
  'chart=line': `line chart|line graph|line plot`,
  'chart=bar': `bar chart|bar graph|bars|histogram`,
  'chart=scatter': `scatter plot|scatter chart|scatterplot|points`,
  'label=blank': `
    blank|empty|blank frame|empty frame|nothing|no image|uniform|blank image|empty picture
  `,
  'tone=black': `black frame|black image|all black`,
  'tone=white': `white frame|white image|all white`,
  'tone=grey': `grey frame|gray frame|grey image`,
  'finding=glands': `
    glands|gland|glandular|glandular epithelium|lumen|crypts|benign glands|epithelium|glandular histology
  `,
  'finding=stroma': `
    stroma|collagen|connective tissue|fibrosis|fibrous tissue|fibres|fibers|fibroblasts|spindle cells|
    stromal tissue
  `,
  'finding=lymphocytes': `
    lymphocytes|lymphocyte|lymphoid|inflammation|inflammatory infiltrate|lymphocytic|immune cells|
    small round cells|lymph node|lymphoma
  `,
  'finding=necrosis': `necrosis|necrotic|dead cells|debris|necrotic tissue|coagulative necrosis`,
  'finding=tumour': `
    tumour|tumor|cancer histology|carcinoma|malignant|malignancy|atypical nuclei|tumour cells|tumor cells|
    adenocarcinoma|squamous cell carcinoma|neoplasm|pleomorphic|crowded nuclei|large nuclei
  `,
  'stain=pale': `pale stain|weakly stained|faint staining|pale H&E|understained`,
  'stain=strong': `strongly stained|dark stain|intense staining|strong H&E|overstained`,
  'contrast=enhanced': `contrast enhanced CT|intravenous contrast|contrast enhanced`,
};

export const queries: readonly Said[] = Object.entries(typed).flatMap(([needs, text]) =>
  text.split('|').map((phrase): Said => [phrase.trim(), ...needs.split('&')]),
);
