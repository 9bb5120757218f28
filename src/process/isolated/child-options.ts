/**
 * What is for the program alone: its debugger, whose port is taken, and what would make a child run something else
 * than its own file, which is the program given by `--eval` for example, again and again.
 */
const programsOwn = /^(?:--inspect|--eval|--print|--input-type|--interactive|--test|--watch|-(?:e|p|pe|i)$)/;

/**
 * The options of Node.js with which the program runs (`process.execArgv`), as they are good for a child process.
 *
 * @example childOptions(["--conditions=x", "--inspect-brk", "--eval", "1 + 1"]) // ["--conditions=x"]
 */
export function childOptions(options: readonly string[]): string[] {
  return options.filter((option, index) => {
    const flag = option.startsWith("-") ? undefined : options[index - 1];
    return !programsOwn.test(flag ?? option);
  });
}
