import { deviceTitles } from './devices.ts';
import type { EncoderNotice } from './encoder-messages.ts';

/** What happened to an encoder, as a sentence for people. */
export function noticeWords(notice: EncoderNotice): string {
  const what = notice.tower === 'image' ? 'pictures' : 'texts';
  if (notice.is === 'batch-halved') return `Memory ran short: ${what} go on ${notice.batchSize} at a time.`;
  const [from, to] = [deviceTitles[notice.from], deviceTitles[notice.to]];
  return `${from} gave up (${notice.reason.slice(0, 200)}): ${what} go on with the ${to.toLowerCase()}.`;
}
