/** What decodes the frames of a transfer syntax. */
export type Codec = 'native' | 'rle' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'video' | 'none';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly codec: Codec;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
  /** True where the frames are fragments in items (PS3.5 annex A.4). */
  readonly encapsulated: boolean;
}

const JPEG = '1.2.840.10008.1.2.4.';

const named: readonly (readonly [uid: string, name: string, codec: Codec])[] = [
  [`${JPEG}50`, 'JPEG Baseline', 'jpeg'],
  [`${JPEG}51`, 'JPEG Extended', 'jpeg'],
  [`${JPEG}53`, 'JPEG Spectral Selection', 'jpeg'],
  [`${JPEG}55`, 'JPEG Full Progression', 'jpeg'],
  [`${JPEG}57`, 'JPEG Lossless', 'jpeg'],
  [`${JPEG}70`, 'JPEG Lossless SV1', 'jpeg'],
  [`${JPEG}80`, 'JPEG-LS Lossless', 'jpeg-ls'],
  [`${JPEG}81`, 'JPEG-LS Near-Lossless', 'jpeg-ls'],
  [`${JPEG}90`, 'JPEG 2000 Lossless', 'jpeg-2000'],
  [`${JPEG}91`, 'JPEG 2000', 'jpeg-2000'],
  [`${JPEG}92`, 'JPEG 2000 Multi-component Lossless', 'jpeg-2000'],
  [`${JPEG}93`, 'JPEG 2000 Multi-component', 'jpeg-2000'],
  [`${JPEG}100`, 'MPEG2 Main Profile Main Level', 'video'],
  [`${JPEG}100.1`, 'MPEG2 Main Profile Main Level Fragmentable', 'video'],
  [`${JPEG}101`, 'MPEG2 Main Profile High Level', 'video'],
  [`${JPEG}101.1`, 'MPEG2 Main Profile High Level Fragmentable', 'video'],
  [`${JPEG}102`, 'MPEG-4 AVC High Profile', 'video'],
  [`${JPEG}102.1`, 'MPEG-4 AVC High Profile Fragmentable', 'video'],
  [`${JPEG}103`, 'MPEG-4 AVC BD-compatible', 'video'],
  [`${JPEG}103.1`, 'MPEG-4 AVC BD-compatible Fragmentable', 'video'],
  [`${JPEG}104`, 'MPEG-4 AVC High Profile 4.2 2D', 'video'],
  [`${JPEG}104.1`, 'MPEG-4 AVC High Profile 4.2 2D Fragmentable', 'video'],
  [`${JPEG}105`, 'MPEG-4 AVC High Profile 4.2 3D', 'video'],
  [`${JPEG}105.1`, 'MPEG-4 AVC High Profile 4.2 3D Fragmentable', 'video'],
  [`${JPEG}106`, 'MPEG-4 AVC Stereo High Profile', 'video'],
  [`${JPEG}106.1`, 'MPEG-4 AVC Stereo High Profile Fragmentable', 'video'],
  [`${JPEG}107`, 'HEVC Main Profile', 'video'],
  [`${JPEG}108`, 'HEVC Main 10 Profile', 'video'],
  [`${JPEG}201`, 'HTJ2K Lossless', 'htj2k'],
  [`${JPEG}202`, 'HTJ2K Lossless RPCL', 'htj2k'],
  [`${JPEG}203`, 'HTJ2K', 'htj2k'],
  ['1.2.840.10008.1.2.5', 'RLE Lossless', 'rle'],
];

const native = (uid: string, name: string, form: Partial<TransferSyntax> = {}): TransferSyntax => ({
  uid,
  name,
  codec: 'native',
  explicit: true,
  bigEndian: false,
  deflated: false,
  encapsulated: false,
  ...form,
});

export const implicitLittleEndian = native('1.2.840.10008.1.2', 'Implicit VR Little Endian', {
  explicit: false,
});
export const explicitLittleEndian = native('1.2.840.10008.1.2.1', 'Explicit VR Little Endian');
export const explicitBigEndian = native('1.2.840.10008.1.2.2', 'Explicit VR Big Endian', { bigEndian: true });

const known: ReadonlyMap<string, TransferSyntax> = new Map(
  [
    implicitLittleEndian,
    explicitLittleEndian,
    explicitBigEndian,
    native('1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', { deflated: true }),
    ...named.map(([uid, name, codec]) => native(uid, name, { codec, encapsulated: true })),
  ].map((syntax) => [syntax.uid, syntax]),
);

/** The syntax of a UID; one not in the table is taken for explicit little endian with frames nobody here decodes. */
export function transferSyntax(uid: string): TransferSyntax {
  return known.get(uid) ?? native(uid, uid, { codec: 'none', encapsulated: true });
}
