/**
 * One line per way a call can fail: the sentence people read, ending with what to do next where there is
 * something to do. README's fault table is checked against this.
 */
export const faultCatalogue = {
  'request.invalid': 'The request does not fit the contract.',
  'request.unknown': 'No method of that name.',
  'request.cancelled': 'The caller cancelled the request.',
  'request.too-large': 'The file is larger than what is taken here. Use a smaller one, or import its folder.',
  'core.stopped': 'The core stopped before it answered. It starts again by itself; repeat the request.',

  'archive.missing': 'No archive at this place. Choose another folder or create an archive.',
  'archive.none-open': 'No archive is open. Open or create one first.',
  'archive.locked': 'Another Vitrine has this archive open. Close it there first.',
  'archive.newer': 'This archive was written by a newer version of Vitrine. Update the program.',
  'archive.damaged': 'The archive database is damaged. Restore it from a backup; originals are untouched.',
  'archive.unwritable': 'The archive folder cannot be written. Check its permissions and free space.',
  'archive.network-share': 'The archive lies on a network share, where SQLite is not safe. Use a local disk.',
  'archive.exists': 'There is already something at this place. Choose another name.',

  'source.missing': 'The folder is not there or cannot be read. Check the path or connect the volume.',
  'file.missing':
    'There is no file at this place. Check the path, connect its volume, or import its folder again where it moved.',
  'file.unreadable': 'The file could not be read. Check its permissions and the disk.',
  'file.empty': 'The file has no bytes.',
  'file.unwritable': 'The file could not be written. Check the folder, its permissions and free space.',
  'file.changed': 'The file changed while it was read. Import the folder again.',
  'file.unsupported': 'This kind of file is not read by this version.',
  'file.no-picture': 'The file holds no picture.',
  'file.sidecar': 'The file describes others and is no item itself.',

  'table.unreadable': 'The table could not be read. CSV, TSV, JSON and JSON lines are understood.',
  'table.no-match':
    'No column of the table names a file of this archive. Name the column, or import the files first.',

  'image.unreadable': 'The file could not be decoded as an image.',
  'image.truncated': 'The image ends before its last row. Copy it again from its origin.',
  'image.too-large': 'The image has more pixels than the limit. Raise the limit or import a smaller copy.',
  'image.frame-missing': 'The file has no frame of that number.',

  'dicom.unreadable': 'The file could not be read as DICOM.',
  'dicom.truncated': 'The DICOM pixel data ends early. Copy the file again from its origin.',
  'dicom.transfer-syntax': 'This DICOM transfer syntax is not read by this version.',
  'dicom.video': 'DICOM video is not read. Export still frames.',
  'dicom.photometric': 'This photometric interpretation is not read by this version.',
  'dicom.inconsistent': 'The DICOM header contradicts its pixel data.',

  'slide.unreadable': 'The file could not be read as a slide.',
  'slide.incomplete':
    'Part of this slide is missing: it is several files that belong together. Put them back beside each other, then import again.',
  'slide.needs-openslide':
    'This slide format is read with libopenslide, which is not installed. The details say how to install it.',
  'openslide.unusable':
    'The file is no libopenslide that can be loaded here. Name the library file of OpenSlide 3.4 or 4.0 for this system.',
  'slide.no-mpp':
    'The slide does not say how large its pixels are. Give µm per pixel for it or for its folder.',
  'slide.not-embedded': 'The slide has no tiles with a vector of the active model yet. Embed it first.',
  'slide.not-pooled': 'The slide has no vector of its own by this pooling yet. Pool slides by it first.',
  'slide.no-stain':
    'There is too little stain to tell two dyes apart. Compare it with tiles that were read as scanned.',
  'slide.stain-unknown': 'No stain of that name in this archive. Make one from a slide first.',
  'slide.pooling-unknown': 'No pooling of that name in this archive. Add its weights first.',
  'slide.pooling-unfit':
    'These pooling weights are for vectors of another length than the model in use makes. Choose others.',
  'pooling.unreadable':
    'The file of pooling weights could not be read. README describes its layout; the details say what is wrong.',

  'item.unknown': 'No item of that number in this archive.',
  'region.unknown': 'No region of that number in this archive.',
  'job.unknown': 'No job of that number in this archive.',
  'job.state': 'The job is not in a state in which this can be done.',
  'media.unknown': 'No media file of that name.',

  'model.missing': 'The model file is missing. Import a model bundle or choose another.',
  'model.altered': 'A model file does not match its checksum. Import the model again from its origin.',
  'model.invalid': 'The model bundle is not complete or not understood.',
  'model.exists': 'A model of that name is already there. Choose another name with --id.',
  'model.unwritable': 'The models folder cannot be written. Check its permissions and free space.',
  'model.parity': 'The model did not reproduce its reference numbers and is kept out of use.',
  'model.precision': 'The model has no usable file of that precision.',
  'model.failed': 'The model runtime failed. Another device or precision may work; the log has the cause.',
  'model.shipped': 'This model is part of the program and cannot be removed.',
  'model.active': 'This model is in use. Make another one active first.',
  'model.busy': 'A job is reading the archive with this model. Cancel the job first, or wait for it.',
  'device.unavailable':
    'The device cannot be used. The details say why; choose another or let Vitrine choose.',

  'checkpoint.missing': 'No checkpoint was found in the folder. Expected .bin, .pt, .pth or .safetensors.',
  'checkpoint.refused':
    'The checkpoint asks for more than tensors and was refused. Nothing of it was executed.',
  'checkpoint.broken': 'The checkpoint is damaged or cut off. Download it again.',
  'checkpoint.config': 'The configuration beside the checkpoint is missing or not understood.',
  'checkpoint.tensors': 'The checkpoint does not have the tensors of its architecture.',
  'tokenizer.invalid': 'The tokenizer files are missing or not understood.',

  'query.empty': 'The query is empty. Add words, an image or an item.',
  'query.cancels-out': 'The parts cancel each other out. Change a weight or remove a part.',
  'query.snapshot-gone': 'The list that this is a part of is no longer kept. Search again.',
  'query.image-unknown': 'The query image is no longer held. Add it again.',
  'query.not-embedded': 'The item has no vector of the active model yet. Wait for the job or run it again.',
  'query.other-preparation':
    'This part of the query cannot be prepared like these tiles. Use words, a picture or a rectangle, or tiles as scanned.',
  'captions.unreadable':
    'The file of captions could not be read. The details name the line and what was expected.',
  'captions.unknown': 'None of the captions is about an item of this archive. Check the paths in the file.',
  'query.wordings': 'To compare wordings, give at least two different ones, and no more than twelve.',
  'abbreviation.unknown': 'The dictionary has no such abbreviation.',
  'abbreviation.unreadable':
    'The table of abbreviations could not be read. The details name the row; it needs columns short and meaning.',
  'report.unknown': 'No caption or report of that number in this archive.',
  'saved.unknown': 'No saved search of that number or name in this archive.',
  'saved.exists': 'There is already a saved search of that name. Choose another name, or replace it.',
  'undo.other':
    'Something else was done since, or another archive was opened. Undo and Redo at the top say what comes next.',
  'saved.identifying':
    'The words or the name look as if they identify a person, and are not kept. The details say where; change them.',
  'saved.picture':
    'A picture of this search has no vector of the model in use. Make the model active that it was saved with, or add the picture again.',
  'saved.names-files':
    'The filter names files or folders, which are not handed on. Save the search without that part to export it.',
  'saved.model':
    'The file has results of models of which this archive has no vectors. Import one of them first.',
  'judging.unknown': 'No judging of that number in this archive.',
  'judging.empty': 'The query finds nothing that could be judged.',
  'judging.model':
    'This was judged with a model of which the archive has no vectors. Import that model first.',
  'evaluation.unknown': 'No evaluation of that number in this archive.',
  'evaluation.different':
    'The two evaluations have no query in common, so nothing can be compared. Run both with the same file.',
  'filter.invalid': 'The filter could not be understood. The details point at the place.',

  'panel.invalid': 'The label panel is not usable. It needs at least two different labels.',
  'run.unknown': 'No panel run of that number in this archive.',
  'panel.unreadable': 'The panel file could not be read. The details name the line.',
  'vocabulary.unreadable':
    'The vocabulary could not be read. The details name the line; CSV, TSV and RF2 descriptions are understood.',
  'vocabulary.unknown': 'No vocabulary of that number in this archive.',
  'review.unknown': 'No decision of that number, or it was taken back before.',
  'review.invalid': 'The decision does not fit the panel. The details say why.',
  'truth.unreadable': 'The file with the right labels could not be read. The details name the line.',
  'calibration.too-few': 'Too few reviewed items to calibrate. The details say how many more are needed.',
  'calibration.missing': 'There is no calibration for this. Review items and calibrate first.',
  'evaluation.empty':
    'No item here has a right label to compare with. Review items, or give a file about items of this archive.',
  'probe.too-few': 'Too few reviewed items for a probe. The details say how many more are needed.',
  'probe.unknown': 'No probe of that number for the model in use.',

  'privacy.held': 'The file may identify a person and is held back until someone decides.',
  'privacy.reason': 'This needs a reason. It is kept in the audit log.',
  'quarantine.unknown': 'No file of that number is held back in this archive.',
  'offline.blocked': 'An attempt to reach the network was blocked.',
  internal: 'A defect in this program. Your files are not affected; try again. The log has the stack.',
} as const;

export type FaultCode = keyof typeof faultCatalogue;
export type FaultDetails = Readonly<Record<string, string | number | boolean | null>>;

/** An error as plain data: structured-cloneable, JSON-safe, no stack, no path it was not given. */
export interface Fault {
  readonly code: FaultCode;
  readonly message: string;
  readonly details: FaultDetails;
}

export type Reply<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** An expected refusal. Anything else that is thrown is a defect. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly code: FaultCode;
  readonly details: FaultDetails;

  constructor(code: FaultCode, details: FaultDetails = {}, options?: { cause?: unknown }) {
    super(faultCatalogue[code], options as never);
    this.code = code;
    this.details = details;
  }
}

/** Whatever was thrown, as a fault. Anything but an ArchiveError is a defect and says so. */
export function faultOf(thrown: unknown): Fault {
  const error = thrown instanceof ArchiveError ? thrown : new ArchiveError('internal', {}, { cause: thrown });
  return { code: error.code, message: error.message, details: error.details };
}

/** The other side of the bridge: the value, or the fault thrown again as an error. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new ArchiveError(reply.fault.code, reply.fault.details);
}
