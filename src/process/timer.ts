/** The longest time that a timer takes, 24 days; given more, Node.js would not wait at all. */
const longestTimer = 2 ** 31 - 1;

/** `setTimeout` for time-outs, which may be `Infinity`: then, and beyond 24 days, there is no timer. */
export function startTimer(callback: () => void, milliseconds: number): NodeJS.Timeout | undefined {
  return milliseconds > longestTimer ? undefined : setTimeout(callback, milliseconds);
}
