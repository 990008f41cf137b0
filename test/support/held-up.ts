/**
 * The longest piece of work in which the thread answered nobody, in ms of its own processor time: how long that takes by
 * the clock says more about what else the machine does.
 */
export async function heldUp(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = process.threadCpuUsage();
  const watch = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
  }, 1);
  await work();
  clearInterval(watch);
  return longest;
}
