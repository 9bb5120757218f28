/**
 * Processes with mailboxes, supervised, on a node.
 *
 * A process handles one message at a time, awaits included, so its state needs no locks and its
 * handlers never race. What it throws ends it and nothing else. Supervisors start again what ended.
 *
 * @module
 */
export { type Agent, type AgentRef, agent } from "./agent.ts";
export { type Application, application, type RunningApplication, run } from "./application.ts";
export type { Behaviour, ExitCallback } from "./behaviour.ts";
export { bind, currentProcess, outsideProcesses, self } from "./context.ts";
export type { ProcessRef } from "./dynamic-supervisor/children.ts";
export { MaxChildrenError } from "./dynamic-supervisor/max-children-error.ts";
export {
  type ChildDefinition,
  type DynamicChildren,
  type DynamicSupervisor,
  type DynamicSupervisorOptions,
  dynamicSupervisor,
} from "./dynamic-supervisor.ts";
export { childRestart, messageHandled, processCrash, strayError } from "./events.ts";
export { describeExit, exitCodes } from "./exit-codes.ts";
export type { CallOptions } from "./gen-server/call.ts";
export type { ChildOptions } from "./gen-server/child.ts";
export type { CallContext, From, ServerContext } from "./gen-server/context.ts";
export { CallFailed, CallTimeout, UnknownCall } from "./gen-server/errors.ts";
export { messageUnhandled } from "./gen-server/events.ts";
export {
  type CallOutcome,
  continueWith,
  hibernate,
  type Next,
  noReply,
  type Outcome,
  reply,
  stop,
} from "./gen-server/outcome.ts";
export type { GenServerRef } from "./gen-server/ref.ts";
export type { AnyCall, AnyCast, CallSignature, CastSignature } from "./gen-server/signature.ts";
export { type GenServer, type GenServerBuilder, genServer } from "./gen-server.ts";
export type { ProcessDetails, ProcessInfo, ProcessTree } from "./inspection.ts";
export { IsolatedCrash, IsolatedOutOfMemory, IsolatedOverload, IsolatedTimeout } from "./isolated/errors.ts";
export type { IsolatedPoolOptions } from "./isolated/pool.ts";
export { isolatedPool } from "./isolated/pool-process.ts";
export type { Isolation } from "./isolated/protocol.ts";
export type { IsolatedContext, IsolatedOptions } from "./isolated.ts";
export type { MailboxLimit } from "./mailbox.ts";
export { type Down, type Exit, type ExitReason, isPeaceful, type Message, toError } from "./message.ts";
export { createNode, Node, type SpawnOptions } from "./node.ts";
export { spawnForNode } from "./node-process.ts";
export {
  type PartitionSupervisor,
  type PartitionSupervisorOptions,
  type Partitions,
  partitionSupervisor,
} from "./partition-supervisor.ts";
export { formatPid, type Pid, samePid } from "./pid.ts";
export { Process, type Start } from "./process.ts";
export type { ProcessName, Via } from "./process-name.ts";
export { AlreadyRegisteredError } from "./registry/already-registered-error.ts";
export type { Registered } from "./registry/registered.ts";
export { via } from "./registry/via.ts";
export { type Registry, type RegistryHandle, type RegistryOptions, registry } from "./registry.ts";
export type { RestartLimit } from "./restart-intensity.ts";
export { type Matcher, type ReceiveOptions, type Routine, routine } from "./routine.ts";
export { jobSkip, jobStop } from "./schedule/events.ts";
export {
  type CronOptions,
  cron,
  every,
  type Job,
  type JobOptions,
  type JobRun,
  type NextRun,
  nextRuns,
  type SchedulerOptions,
  scheduler,
} from "./schedule.ts";
export type { Flushable } from "./scheduler.ts";
export { type Service, service } from "./service.ts";
export { chargeStrays } from "./strays.ts";
export { type ChildSpec, type Strategy, type SupervisorOptions, supervisor, supervisorChild } from "./supervisor.ts";
export { TaskEnded, TaskTimeout } from "./task/errors.ts";
export type { TaskOutcome } from "./task/outcome.ts";
export type { Items } from "./task/source.ts";
export type { TaskFunction } from "./task/start.ts";
export type { AsyncStreamOptions, ItemFunction } from "./task/stream.ts";
export {
  type SupervisedTasks,
  type TaskSupervisor,
  type TaskSupervisorOptions,
  taskSupervisor,
} from "./task/supervisor.ts";
export { Task } from "./task.ts";
export { eventLoopStall } from "./watchdog/events.ts";
export { hasWatchdog, startWatchdog, type WatchdogOptions, watchdog } from "./watchdog.ts";
