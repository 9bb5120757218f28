import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import type { WebServer } from "./http-server.ts";

/** Where a server listens: at a port of an address, or at a Unix socket. */
export type Place = TcpPlace | UnixPlace;

export interface TcpPlace {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

export interface UnixPlace {
  readonly socketPath: string;
  /** Who may connect, as `chmod` takes it. */
  readonly socketMode: number;
}

/**
 * Starts listening.
 *
 * The file of a Unix socket that a killed server left behind is taken away; one at which somebody listens is not.
 *
 * @returns the place, with the port that was free if the port is 0.
 * @throws one sentence that says what is in the way and what to do.
 */
export async function listen(server: WebServer, place: Place): Promise<Place> {
  if ("port" in place) return listenAtPort(server, place);
  try {
    await started(server, { path: place.socketPath });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || !(await isStale(place.socketPath))) {
      throw unixProblem(error as NodeJS.ErrnoException, place.socketPath);
    }
    unlinkSync(place.socketPath);
    await started(server, { path: place.socketPath });
  }
  chmodSync(place.socketPath, place.socketMode);
  return place;
}

async function listenAtPort(server: WebServer, { host, port }: TcpPlace): Promise<TcpPlace> {
  try {
    await started(server, { host, port });
  } catch (cause) {
    const shown = host.includes(":") ? `[${host}]` : host;
    const advice = portAdvice(cause as NodeJS.ErrnoException, port);
    throw new Error(`the endpoint cannot listen at ${shown}:${port}: ${advice}`, { cause });
  }
  return { host, port: (server.address() as AddressInfo).port };
}

function started(server: WebServer, options: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portAdvice(error: NodeJS.ErrnoException, port: number): string {
  const choose = "choose another with the variable PORT or the option port";
  if (error.code === "EADDRINUSE") return `port ${port} is in use; end the program that listens there, or ${choose}`;
  if (error.code === "EACCES") return `port ${port} is reserved for the administrator; ${choose}`;
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND" || error.code === "EAFNOSUPPORT") {
    return "this machine has no such address; correct the option host";
  }
  return error.message;
}

function unixProblem(error: NodeJS.ErrnoException, path: string): Error {
  const advice =
    error.code === "EADDRINUSE"
      ? "somebody listens there, or the file is no socket; end that program, or choose another socketPath"
      : error.code === "EACCES"
        ? "its folder does not exist, or may not be written to"
        : error.message;
  return new Error(`the endpoint cannot listen at the Unix socket ${path}: ${advice}`, { cause: error });
}

/** Whether a path is a socket at which nobody listens any more. */
function isStale(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return resolve(false);
    const probe = connect(path);
    probe.on("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.on("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}
