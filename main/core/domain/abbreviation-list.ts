// Long because it is a list.
import type { Abbreviation } from './abbreviations.ts';

/** Raised with every change of the list; stands in the formula of a query that it expanded. */
export const LIST_VERSION = 1;

/**
 * One abbreviation a line: `SHORT: meaning @MODALITIES | another meaning`. With several meanings it is ambiguous.
 * Modalities are those in which a meaning is the usual one; SM stands for slides. A `*` after the short form: only as
 * written here, because it is an English word otherwise; what has two letters is always so.
 *
 * Left out is what captions themselves mostly write short (CT, MRI, H&E): there the short form is the better query.
 */
const lines = `
AAA: abdominal aortic aneurysm
ABPA: allergic bronchopulmonary aspergillosis
ACC: adenoid cystic carcinoma @SM | adrenocortical carcinoma @CT,MR | agenesis of the corpus callosum @MR
ACL: anterior cruciate ligament
AD: Alzheimer disease @MR,PT | aortic dissection @CT | atopic dermatitis @XC,GM
ADH: atypical ductal hyperplasia
ADPKD: autosomal dominant polycystic kidney disease
AFB: acid-fast bacilli
AIS: adenocarcinoma in situ @SM | acute ischemic stroke @CT,MR | adolescent idiopathic scoliosis @CR,DX
AK: actinic keratosis
ALH: atypical lobular hyperplasia
ALL*: acute lymphoblastic leukemia
AMD: age-related macular degeneration
AML: acute myeloid leukemia @SM | angiomyolipoma @CT,MR,US
AP: anteroposterior view @CR,DX | acute pancreatitis @CT,MR
APL: acute promyelocytic leukemia
ARDS: acute respiratory distress syndrome
ARVC: arrhythmogenic right ventricular cardiomyopathy
AS: aortic stenosis @US,CT | ankylosing spondylitis @CR,DX,MR
ASD: atrial septal defect
ATC: anaplastic thyroid carcinoma
ATN: acute tubular necrosis
AVF: arteriovenous fistula
AVM: arteriovenous malformation
AVN: avascular necrosis
BAC: bronchioloalveolar carcinoma
BAL: bronchoalveolar lavage
BCC: basal cell carcinoma
BE: Barrett esophagus @SM,ES | bronchiectasis @CT
BM: bone marrow @SM,MR | brain metastasis @MR,CT
BPH: benign prostatic hyperplasia
BRVO: branch retinal vein occlusion
CA: carcinoma @SM | calcification @CT,CR,DX,MG | coronary angiography @XA
CABG: coronary artery bypass graft
CAD: coronary artery disease @CT,XA | computer-aided detection @MG
CAP*: community-acquired pneumonia
CAVM: cerebral arteriovenous malformation
CBD: common bile duct
CCA: cholangiocarcinoma @SM,CT,MR | common carotid artery @US
CCC: clear cell carcinoma @SM | cholangiocellular carcinoma @CT,MR
CCRCC: clear cell renal cell carcinoma
CD: Crohn disease @SM,ES,MR | cluster of differentiation
CDH: congenital diaphragmatic hernia
CHD: congenital heart disease
CHF: congestive heart failure
CIN*: cervical intraepithelial neoplasia
CIS: carcinoma in situ @SM | clinically isolated syndrome @MR
CLL: chronic lymphocytic leukemia
CML: chronic myeloid leukemia
CMV: cytomegalovirus
CNV: choroidal neovascularization
COP*: cryptogenic organizing pneumonia
COPD: chronic obstructive pulmonary disease
CP: chronic pancreatitis @CT,MR | cerebral palsy @MR | chest pain
CPA: cerebellopontine angle
CPAM: congenital pulmonary airway malformation
CPPD: calcium pyrophosphate deposition disease
CRC: colorectal cancer
CRVO: central retinal vein occlusion
CSDH: chronic subdural hematoma
CSF: cerebrospinal fluid
CTA: computed tomography angiography
CTEPH: chronic thromboembolic pulmonary hypertension
CVC: central venous catheter
CVST: cerebral venous sinus thrombosis
CXR: chest X-ray
DAD*: diffuse alveolar damage
DAH: diffuse alveolar hemorrhage
DAI: diffuse axonal injury
DCIS: ductal carcinoma in situ
DCM: dilated cardiomyopathy
DDH: developmental dysplasia of the hip
DF: dermatofibroma @XC,GM,SM | diabetic foot @CR,DX
DFSP: dermatofibrosarcoma protuberans
DISH*: diffuse idiopathic skeletal hyperostosis
DLBCL: diffuse large B-cell lymphoma
DM: diabetes mellitus | dermatomyositis
DME: diabetic macular edema
DN: diabetic nephropathy @SM | dysplastic nevus @XC,GM
DNET: dysembryoplastic neuroepithelial tumor
DR: diabetic retinopathy @OP,OPT | digital radiography @DX,CR
DVT: deep vein thrombosis
DWI: diffusion-weighted imaging
EBV: Epstein-Barr virus
EDH: epidural hematoma
EMPD: extramammary Paget disease
ER: estrogen receptor @SM | emergency room
ESCC: esophageal squamous cell carcinoma
ETT: endotracheal tube
EUS: endoscopic ultrasound
FA: fibroadenoma @MG,US,SM | fluorescein angiography @OP | fractional anisotropy @MR
FAP: familial adenomatous polyposis
FCD: focal cortical dysplasia
FDG: fluorodeoxyglucose
FL: follicular lymphoma @SM | fatty liver @US,CT
FLAIR*: fluid-attenuated inversion recovery
FNA: fine-needle aspiration
FNH: focal nodular hyperplasia
FSGS: focal segmental glomerulosclerosis
FTC: follicular thyroid carcinoma
GA: geographic atrophy @OP,OPT | granuloma annulare @XC,GM | gestational age @US
GB: gallbladder @US,CT | glioblastoma @MR,SM
GBM: glioblastoma @MR,CT | glomerular basement membrane @SM
GCA: giant cell arteritis
GCT: giant cell tumor @CR,DX,CT,MR | germ cell tumor @SM,US
GERD: gastroesophageal reflux disease
GGN: ground-glass nodule
GGO: ground-glass opacity
GIST*: gastrointestinal stromal tumor
GN: glomerulonephritis
GPA: granulomatosis with polyangiitis
HCC: hepatocellular carcinoma
HCM: hypertrophic cardiomyopathy
HGSC: high-grade serous carcinoma
HIE: hypoxic-ischemic encephalopathy
HL: Hodgkin lymphoma
HP: hypersensitivity pneumonitis @CT | Helicobacter pylori @SM,ES | hyperplastic polyp @SM,ES
HPV: human papillomavirus
HRCT: high-resolution computed tomography
HSIL: high-grade squamous intraepithelial lesion
IBD: inflammatory bowel disease
ICA: internal carotid artery
ICC: intrahepatic cholangiocarcinoma
ICH: intracerebral hemorrhage
IDC: invasive ductal carcinoma
IHC: immunohistochemistry
ILC: invasive lobular carcinoma
ILD: interstitial lung disease
IPF: idiopathic pulmonary fibrosis
IPMN: intraductal papillary mucinous neoplasm
IVC: inferior vena cava
IVH: intraventricular hemorrhage
KS: Kaposi sarcoma
LA: left atrium @US,CT,MR | lymphadenopathy
LAD: left anterior descending artery @XA,CT,US | lymphadenopathy
LAM: lymphangioleiomyomatosis
LBBB: left bundle branch block
LC: lung cancer @CT | liver cirrhosis @US | lobular carcinoma @SM
LCH: Langerhans cell histiocytosis
LCIS: lobular carcinoma in situ
LL: left lateral view @CR,DX | lower lobe @CT
LLL: left lower lobe
LM: leptomeningeal metastasis @MR | leiomyoma @SM,US
LN: lymph node @CT,US,SM | lupus nephritis
LP: lichen planus @SM,XC,GM | lipoma
LSIL: low-grade squamous intraepithelial lesion
LUL: left upper lobe
LV: left ventricle
LVH: left ventricular hypertrophy
LVI: lymphovascular invasion
MALT*: mucosa-associated lymphoid tissue
MCA: middle cerebral artery
MCD: minimal change disease
MCL: medial collateral ligament @MR | mantle cell lymphoma @SM
MDS: myelodysplastic syndrome
MF: mycosis fungoides @XC,GM,SM | myelofibrosis
MFH: malignant fibrous histiocytoma
MG: mammography @MG | myasthenia gravis @CT
MI: myocardial infarction
MIP: maximum intensity projection
MM: malignant melanoma @XC,GM,SM | multiple myeloma @CT,CR,DX,MR
MN: membranous nephropathy
MPM: malignant pleural mesothelioma
MR: mitral regurgitation @US | magnetic resonance @MR
MRCP: magnetic resonance cholangiopancreatography
MS: multiple sclerosis @MR | mitral stenosis @US
MTC: medullary thyroid carcinoma
NAFLD: nonalcoholic fatty liver disease
NASH: nonalcoholic steatohepatitis
NEC: necrotizing enterocolitis @CR,DX,US | neuroendocrine carcinoma @SM,CT
NET*: neuroendocrine tumor
NF1: neurofibromatosis type 1
NF2: neurofibromatosis type 2
NHL: non-Hodgkin lymphoma
NPC: nasopharyngeal carcinoma
NPH: normal pressure hydrocephalus
NSCLC: non-small cell lung cancer
NSIP: nonspecific interstitial pneumonia
NTM: nontuberculous mycobacteria
OA: osteoarthritis
OCD: osteochondritis dissecans
OP: organizing pneumonia @CT | osteoporosis @CR,DX
OSCC: oral squamous cell carcinoma
PA: posteroanterior view @CR,DX | pulmonary artery @CT | pleomorphic adenoma @SM
PAH: pulmonary arterial hypertension
PAN*: polyarteritis nodosa
PAP: pulmonary alveolar proteinosis @CT | Papanicolaou smear @SM
PCA: posterior cerebral artery @CT,MR | prostate cancer @SM
PCL: posterior cruciate ligament
PCOS: polycystic ovary syndrome
PD: proton density @MR | Parkinson disease @PT,NM | Paget disease @SM
PDA: patent ductus arteriosus @US | pancreatic ductal adenocarcinoma @CT,SM
PDAC: pancreatic ductal adenocarcinoma
PE: pulmonary embolism @CT,NM | pleural effusion @CR,DX | pericardial effusion @US
PFO: patent foramen ovale
PH: pulmonary hypertension
PICC: peripherally inserted central catheter
PIN*: prostatic intraepithelial neoplasia
PJP: Pneumocystis jirovecii pneumonia
PMF: progressive massive fibrosis
PML: progressive multifocal leukoencephalopathy
PNET: pancreatic neuroendocrine tumor @CT,SM | primitive neuroectodermal tumor @MR
PNI: perineural invasion
PRES: posterior reversible encephalopathy syndrome
PSC: primary sclerosing cholangitis
PTC: papillary thyroid carcinoma @SM,US | percutaneous transhepatic cholangiography @XA,RF
PTX: pneumothorax
PV: portal vein @US,CT | pemphigus vulgaris @XC,GM,SM
PVNS: pigmented villonodular synovitis
PVT: portal vein thrombosis
RA: rheumatoid arthritis @CR,DX,MR | right atrium @US | renal artery @CT,XA
RCA: right coronary artery
RCC: renal cell carcinoma
RLL: right lower lobe
RML: right middle lobe
ROP: retinopathy of prematurity
RPE: retinal pigment epithelium
RS: Reed-Sternberg cell @SM | rectosigmoid @ES,CT
RUL: right upper lobe
RV: right ventricle @US,CT,MR | residual volume
SAH: subarachnoid hemorrhage
SBO: small bowel obstruction
SCC: squamous cell carcinoma
SCLC: small cell lung cancer
SDH: subdural hematoma
SK: seborrheic keratosis
SLE: systemic lupus erythematosus
SSL: sessile serrated lesion
SVC: superior vena cava
SVD: small vessel disease
TA: tubular adenoma @SM,ES | Takayasu arteritis @CT,MR | temporal arteritis
TB: tuberculosis
TBI: traumatic brain injury
TCC: transitional cell carcinoma
TIA: transient ischemic attack
TMJ: temporomandibular joint
TN: trigeminal neuralgia @MR | thyroid nodule @US
TNBC: triple-negative breast cancer
TOF: tetralogy of Fallot @US,CR,DX | time of flight @MR
TR: tricuspid regurgitation
TSC: tuberous sclerosis complex
UC: ulcerative colitis @ES | urothelial carcinoma @SM,CT
UIP: usual interstitial pneumonia
VAP: ventilator-associated pneumonia
VHL: von Hippel-Lindau disease
VS: vestibular schwannoma
VSD: ventricular septal defect
VUR: vesicoureteral reflux
WM: white matter @MR | Waldenström macroglobulinemia
XGP: xanthogranulomatous pyelonephritis
`;

/** The list that every archive starts with. */
export const startingAbbreviations: readonly Abbreviation[] = lines
  .trim()
  .split('\n')
  .map((line) => {
    const [, short = '', star, meanings = ''] = /^([^*:]+)(\*?): (.+)$/.exec(line) ?? [];
    return {
      short,
      exact: star === '*' || short.length <= 2,
      meanings: meanings.split(' | ').map((meaning) => {
        const [text = '', modalities] = meaning.split(' @');
        return { text, modalities: modalities?.split(',') ?? [] };
      }),
    };
  });
