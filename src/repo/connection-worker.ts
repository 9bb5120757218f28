/** The thread of one connection: opens the database, says that it has, then answers until it is told to close. */
import { parentPort, workerData } from "node:worker_threads";
import type { ConnectionSettings, Reply, Request } from "./request.ts";
import { Session } from "./session.ts";

const port = parentPort;
if (port === null) throw new Error("connection-worker runs only as a worker thread of the repo");

const session = new Session(workerData as ConnectionSettings);
port.postMessage({ rows: [], milliseconds: 0, inTransaction: false } satisfies Reply);

port.on("message", (request: Request) => {
  port.postMessage(session.answer(request));
  if (request.kind === "close") port.close();
});
