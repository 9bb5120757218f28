import { telemetryEvent } from "../telemetry/index.ts";

/** A connection was refused before it was upgraded. */
export const connectRefused = telemetryEvent<{ node: string; mount: string; status: number; reason: string }>(
  "anqa.socket.connect.refused",
);

/** A connection ended because of what its client sent or did not send. */
export const connectionDropped = telemetryEvent<{ node: string; mount: string; code: number; reason: string }>(
  "anqa.socket.dropped",
);

/** A process had not ended so many milliseconds after its client had left, and was killed. */
export const processKilled = telemetryEvent<{ node: string; topic: string; label: string; milliseconds: number }>(
  "anqa.channel.process.killed",
);

/** A message was answered with an error; its channel goes on. */
export const messageRefused = telemetryEvent<{ node: string; topic: string; event: string; reason: string }>(
  "anqa.channel.message.refused",
);
