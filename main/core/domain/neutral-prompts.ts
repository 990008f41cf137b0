/** Changes whenever a prompt does: a cutoff is only comparable with one of the same version. */
export const NEUTRAL_VERSION = 1;

const lines = (text: string): string[] =>
  text
    .split('|')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/**
 * Descriptions of all sorts of pictures. What a query scores with an item means something only beside what such
 * descriptions score with the same item: some items are near to any words.
 */
export const neutralPrompts: readonly string[] = lines(`
  an image | a picture | a photo | a medical image | a scan | a figure | a blurred picture | a dark picture |
  a bright picture | noise | a pattern | a texture | a detail | an overview | nothing in particular |
  an empty image | a black image | a white image | a uniform grey area | text and labels |
  a chart with axes | a bar chart | a line graph | a diagram | a table | a drawing | a screenshot | a form |
  a chest x-ray | a lateral chest x-ray | an x-ray of a hand | an x-ray of the spine | an x-ray of the knee |
  an x-ray of a long bone | a bone fracture | a pacemaker | a pleural effusion | pneumonia | a lung nodule |
  pneumothorax | cardiomegaly | a normal chest radiograph | a mammogram | a dental x-ray | an abdominal radiograph |
  CT of the chest | CT in the lung window | CT in the mediastinal window | CT of the abdomen | CT of the pelvis |
  CT of the head | intracranial haemorrhage | an infarct of the brain | a normal head CT | a liver lesion |
  a kidney stone | bowel obstruction | an aortic aneurysm | a vertebral fracture |
  MRI of the brain | MRI of the knee | MRI of the spine | a brain tumour | multiple sclerosis | MRI of the prostate |
  ultrasound of the abdomen | ultrasound of a fetus | an echocardiogram | ultrasound of the thyroid | a gallstone |
  PET of the whole body | a bone scan | an angiogram | fluoroscopy | endoscopy of the colon | a polyp |
  bronchoscopy | gastroscopy | laparoscopy | an intraoperative photograph | a wound | a gross specimen |
  a fundus photograph | the optic disc | diabetic retinopathy | optical coherence tomography | the cornea |
  dermoscopy of a skin lesion | melanoma | a naevus | eczema | psoriasis | skin |
  H&E histology | tissue under the microscope | glands | epithelium | stroma with collagen | lymphocytes | necrosis |
  tumour cells | adenocarcinoma | squamous cell carcinoma | muscle | fat | nerve | blood vessels | cartilage |
  immunohistochemistry | a fluorescence micrograph | electron microscopy | a blood smear | cytology | bacteria |
  a lymph node | breast carcinoma | prostate glands | a renal glomerulus | liver parenchyma | lung alveoli | colon crypts |
  bone marrow | an electrocardiogram | a person | a face | a hand | an animal | a building | a landscape | food | a vehicle
`);
