/**
 * Whether a child process leads a group of its own: then what the function has started dies with it, and a Ctrl-C
 * in the terminal, which goes to a whole group, is the program's business alone. Windows knows no such groups.
 */
export const ownGroup = process.platform !== "win32";

/**
 * Ends a child process and what it has started, at once. Also if only the latter is left: a number is not given to
 * another process while there is a group of that number.
 */
export function killGroup(pid: number): void {
  try {
    process.kill(ownGroup ? -pid : pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
