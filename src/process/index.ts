/**
 * Processes with mailboxes, supervised, on a node.
 *
 * A process handles one message at a time, awaits included, so its state needs no locks and its
 * handlers never race. What it throws ends it and nothing else. Supervisors start again what ended.
 *
 * @module
 */
export { type Application, application, type RunningApplication, run } from "./application.ts";
export type { Behaviour, ExitCallback } from "./behaviour.ts";
export { childRestart, processCrash } from "./events.ts";
export { type Down, type Exit, type ExitReason, type Message, toError } from "./message.ts";
export { createNode, Node, type SpawnOptions } from "./node.ts";
export { formatPid, type Pid, samePid } from "./pid.ts";
export { Process, type Start } from "./process.ts";
export type { Flushable } from "./scheduler.ts";
export { type Service, service } from "./service.ts";
export { type ChildSpec, type Strategy, type SupervisorOptions, supervisor } from "./supervisor.ts";
