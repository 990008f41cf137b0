import { readFileSync, writeFileSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { trainingTexts } from './training-texts.ts';

/** Entries of the cut vocabulary. */
const ENTRIES = 4096;

/** Words beyond our captions that people write about pictures. */
const COMMON = `the of and in to with for a an is was were are be by from on at as or not no this that these those which
patient patients study case show shows showing seen noted left right upper lower middle lobe lobes anterior posterior medial
superior inferior acute chronic mild moderate severe small large multiple single diffuse focal irregular smooth round dark bright
normal abnormal axial coronal sagittal contrast enhanced weighted magnetic resonance mri ultrasound mammography mammogram breast
cervical lumbar spine knee hip hand foot wrist ankle pneumonia pneumothorax consolidation oedema edema emphysema metastasis
infarction aneurysm dislocation osteoarthritis diabetic retinopathy glaucoma cataract polyp colitis cirrhosis pancreas gallbladder
prostate thyroid bladder colon muscle nerve vessel artery vein cell cells nucleus cytoplasm mitosis mitoses squamous basal ductal
lobular lymphoma sarcoma adenoma grade stage immunohistochemistry giemsa trichrome stain magnification slide scan image images picture
photo photograph find similar like male female year old woman man child red green blue black white grey gray purple pink brown orange
yellow two three four five not without only very more most all any some`;

/**
 * Cuts the BERT WordPiece vocabulary of BiomedCLIP: the special entries, every single character (alone and as a
 * continuation), every piece that our captions and some common words need, then the remaining ones in their own order, which
 * is about their frequency, until the cut is full. Order is kept, so ids 0 to 4 stay the special ones.
 *
 * node make-tokenizer.ts FROM TO copies the tokenizer's files from a BiomedCLIP folder, with the cut vocabulary.
 */
function makeTokenizer(from: string, to: string): void {
  const json = JSON.parse(readFileSync(join(from, 'tokenizer.json'), 'utf8'));
  const config = JSON.parse(readFileSync(join(from, 'tokenizer_config.json'), 'utf8'));
  const entries = Object.entries<number>(json.model.vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([entry]) => entry);

  const whole = new Tokenizer(json, config);
  const wanted = new Set(entries.slice(0, 5));
  for (const entry of entries) if ([...entry.replace(/^##/, '')].length === 1) wanted.add(entry);
  const texts = trainingTexts(200_000).texts.map(({ text }) => text);
  for (const text of [...texts, COMMON]) for (const piece of whole.tokenize(text)) wanted.add(piece);
  const own = wanted.size;
  for (const entry of entries) if (wanted.size < ENTRIES) wanted.add(entry);

  const cut = entries.filter((entry) => wanted.has(entry));
  json.model.vocab = Object.fromEntries(cut.map((entry, id) => [entry, id]));
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'tokenizer.json'), `${JSON.stringify(json, null, 1)}\n`);
  writeFileSync(join(to, 'vocab.txt'), `${cut.join('\n')}\n`);
  for (const name of ['tokenizer_config.json', 'special_tokens_map.json'])
    copyFileSync(join(from, name), join(to, name));
  process.stdout.write(
    `${cut.length} of ${entries.length} entries; ${own} of them special, characters or needed\n`,
  );
}

const [from = '.', to = '.'] = process.argv.slice(2);
makeTokenizer(from, to);
