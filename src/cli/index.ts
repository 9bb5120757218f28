/**
 * The command `anqa`: what a developer types, and what a server machine is told to run.
 *
 * A command is a module that is loaded when it is asked for, so that `anqa server`, which stays in memory
 * beside the application for as long as that runs, carries nothing of the others.
 *
 * @module
 */
export { runCommand } from "./commands.ts";
