/** Places in a file where something may stand that identifies a person. */
export type IdentityField =
  | 'patientName'
  | 'otherPatientName'
  | 'patientId'
  | 'otherPatientId'
  | 'birthDate'
  | 'age'
  | 'contact'
  | 'accession'
  | 'physician'
  | 'person'
  | 'institution'
  | 'comment'
  | 'description'
  | 'private'
  | 'overlay'
  | 'gpsPosition'
  | 'owner'
  | 'shownPerson'
  | 'caption'
  /** What a file or picture is called inside itself: a name of a file, of a case, or of whoever it shows. */
  | 'title'
  /** Text that is there and could not be read. */
  | 'unread';

/** What a file says of itself that bears on who can be seen in its pixels. */
export interface PixelFacts {
  /** Burned In Annotation as written, upper case; empty where it is not stated. */
  readonly burnedIn: string;
  /** Recognizable Visual Features as written, upper case. */
  readonly recognizable: string;
  readonly modality: string;
  /** Made by capturing a screen or digitising paper or film: SOP class or Conversion Type says so. */
  readonly captured: boolean;
  /** Third value of Image Type of a whole slide: LABEL, OVERVIEW, VOLUME; empty for all else. */
  readonly slideImage: string;
}

/**
 * What a file says about persons. Values are raw: evidence stays in the thread that read the file, and only the
 * judgement, which has none, leaves it.
 */
export interface IdentityEvidence {
  readonly fields: readonly { readonly field: IdentityField; readonly value: string }[];
  readonly pixels: PixelFacts;
  /** Patient Identity Removed, or the codes of a de-identification profile. */
  readonly statement: 'removed' | 'not-removed' | 'none';
  /** Codes of the profile and its options (PS3.16 CID 7050), such as 113101, Clean Pixel Data. */
  readonly options: readonly string[];
}

/** `clear` goes in; `review` is held or let in by the archive's policy; `block` is held by either. */
export type Verdict = 'clear' | 'review' | 'block';

export interface IdentityFinding {
  /** Of the rule, `patient-name` for instance. Never a value. */
  readonly code: string;
  readonly verdict: Exclude<Verdict, 'clear'>;
}

export interface Judgement {
  /** The gravest of the findings. */
  readonly verdict: Verdict;
  readonly findings: readonly IdentityFinding[];
}

/** What an archive does with what was found. `off` lets everything in and needs a reason, which stays on show. */
export type IdentityPolicy = 'strict' | 'review' | 'off';

/** A picture without any text or marks: what raster formats without metadata say. */
export const noPixelFacts: PixelFacts = {
  burnedIn: '',
  recognizable: '',
  modality: '',
  captured: false,
  slideImage: '',
};

export function isHeld(verdict: Verdict, policy: IdentityPolicy): boolean {
  return policy === 'strict' ? verdict !== 'clear' : policy === 'review' && verdict === 'block';
}
