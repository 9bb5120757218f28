/**
 * The codes with which an operating-system process of Anqa ends, besides those of Node.js itself. From 64 on
 * they are free for programs (sysexits.h); 70 is the one for errors inside the software.
 */
export const exitCodes = {
  /** The application gave up, or Node.js met an error that nobody handled. */
  failed: 1,
  /** The watchdog ended it, because its event loop stood still for too long. */
  eventLoopBlocked: 70,
  /** There is no application in the file that was to be run: to start it again changes nothing. */
  noApplication: 71,
} as const;

const names: Readonly<Record<number | string, string>> = {
  0: "it ended of its own accord",
  [exitCodes.failed]: "it gave up, or an error was not handled",
  5: "fatal error in V8",
  7: "the handler of an unhandled error failed",
  9: "Node.js does not know one of its arguments",
  13: "a top-level await was never settled",
  [exitCodes.eventLoopBlocked]: "watchdog: event loop blocked",
  [exitCodes.noApplication]: "no application in its file",
  SIGABRT: "aborted, as Node.js does when JavaScript's heap is full: out of memory",
  SIGBUS: "it read memory that is not there",
  SIGHUP: "its terminal was closed",
  SIGINT: "interrupted by hand",
  SIGKILL: "killed, as the system does when memory runs out, and the watchdog when JavaScript cannot be interrupted",
  SIGSEGV: "it read memory that is not its own",
  SIGTERM: "asked to end while it was starting",
  SIGTRAP: "fatal error in V8: out of memory, most of the time",
};

/**
 * Says for people how a child process ended: `watchdog: event loop blocked (code 70)`.
 *
 * @param code and `signal` as its `exit` event gives them: one of both is null.
 */
export function describeExit(code: number | null, signal: string | null): string {
  const known = names[signal ?? code ?? ""];
  const formal = signal ?? `code ${code}`;
  return known === undefined ? formal : `${known} (${formal})`;
}
