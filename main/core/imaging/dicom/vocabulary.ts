import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { charsetOf, texts } from './values.ts';

const list = (words: string) => new Set(words.split(/\s+/).filter(Boolean));

/** Defined terms of Modality (PS3.3 C.7.3.1.1.1), retired ones included. */
const modalities = list(`
  ANN AR ASMT AU BDUS BI BMD CD CF CR CT CTPROTOCOL CS DD DF DG DM DMS DOC DS DX EC ECG EEG EMG EOG EPS ES FA FID FS
  GM HC HD IO IOL IVOCT IVUS KER KO LEN LP LS M3D MA MG MR MS NM OAM OCT OP OPM OPR OPT OPTBSV OPTENF OPV OSS OT PA
  PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR
  SRF ST STAIN TEXTUREMAP TG US VA VF VL XA XAPROTOCOL XC
`);

/** Words of Body Part Examined (PS3.16 annex L) and of the sites seen in practice. */
const bodyWords = list(`
  ABDOMEN ABDOMINAL ADRENAL ANKLE ANUS AORTA APPENDIX ARM ARTERY AXILLA BACK BILE BLADDER BODY BONE BOWEL BRAIN BREAST
  BRONCHUS BUTTOCK CALCANEUS CALF CARDIAC CAROTID CEREBELLUM CEREBRAL CERVICAL CERVIX CHEEK CHEST CIRCLE CLAVICLE COCCYX
  COLON CORNEA CORONARY CRANIUM CSPINE CTSPINE DUCT DUODENUM EAR ELBOW ENTIRE ESOPHAGUS EXTREMITY EYE EYELID FACE FEMUR
  FINGER FOOT FOREARM GALLBLADDER GLAND GROIN HAND HEAD HEART HIP HUMERUS ILEUM ILIUM JAW JEJUNUM JOINT KIDNEY KNEE
  LARYNX LEFT LEG LIVER LOWER LSPINE LSSPINE LUMBAR LUNG LYMPH MANDIBLE MAXILLA MEDIASTINUM MOUTH MUSCLE NECK NODE NOSE
  ORBIT OVARY PANCREAS PAROTID PATELLA PELVIS PENIS PHANTOM PHARYNX PROSTATE RECTUM RETINA RIB RIGHT SACRUM SCALP
  SCAPULA SCLERA SCROTUM SHOULDER SINUS SKIN SKULL SPINE SPLEEN SSPINE STERNUM STOMACH TEMPORAL TESTIS THIGH THORACIC
  THORAX THUMB THYMUS THYROID TIBIA TISSUE TMJ TOE TONGUE TRACHEA TSPINE TLSPINE UPPER URETER URETHRA UTERUS VAGINA
  VEIN VENTRICLE VERTEBRA VULVA WHOLEBODY WHOLE WRIST ZYGOMA AND OF THE
`);

/** View Position and Laterality (PS3.3 C.8.7.1, C.7.3.1). */
const viewWords = list(
  'AP PA LL RL RLD LLD RLO LLO CC MLO ML LM LMO XCC XCCL XCCM FB SIO ISO CV AT TAN LATERAL OBLIQUE',
);
const sides = list('L R U B');

/** A closed vocabulary can name no one; anything else may. */
const vocabularies: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['modality', modalities],
  ['bodyPart', bodyWords],
  ['view', viewWords],
  ['laterality', sides],
]);

/** Elements that hold names and numbers of persons; their words must appear in nothing that is kept. */
const personTags = [
  0x00080050, 0x00080080, 0x00080081, 0x00080090, 0x00081048, 0x00081050, 0x00081060, 0x00081070, 0x00100010, 0x00100020,
  0x00101000, 0x00101001, 0x00101005, 0x00101040, 0x00101060, 0x00102154, 0x00104000, 0x00321032, 0x00400006, 0x0040a123,
  tags.patientBirthDate,
]; // prettier-ignore

/** Shorter words are initials and articles, which any text shares. */
const SHORTEST_WORD = 3;

/**
 * Whether a free value of the file may be kept. Terms of a closed vocabulary always may. Other text may not where it
 * shares a word with a name or number of a person in the same file: people type names into wrong fields.
 */
export function keepsValue(dataSet: DataSet): (name: string, value: string) => boolean {
  const charset = charsetOf(dataSet);
  const persons = new Set(personTags.flatMap((tag) => texts(dataSet, tag, charset).flatMap(wordsOf)));
  return (name, value) => {
    const words = wordsOf(value, 1);
    const vocabulary = vocabularies.get(name);
    if (vocabulary && words.every((word) => vocabulary.has(word))) return true;
    // A name with a caret or an at sign is one, whoever's it is.
    return !/[\^@]/.test(value) && !words.some((word) => persons.has(word));
  };
}

function wordsOf(value: string, shortest = SHORTEST_WORD): string[] {
  return value
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= shortest);
}
