import { hostOf, type Settings } from "./config.ts";
import type { Place } from "./listen.ts";
import type { EndpointOptions, HttpPlace } from "./options.ts";

const defaultSocketMode = 0o660;

/**
 * Where an endpoint listens: the main place first, which is the one that its URL tells.
 *
 * @throws one sentence if the options contradict each other.
 */
export function placesOf(options: EndpointOptions, { host, port }: Settings): readonly [Place, ...Place[]] {
  const { socketPath, https } = options;
  if (socketPath !== undefined && options.port !== undefined) {
    throw new Error("the endpoint's options port and socketPath exclude each other; a second place goes into http");
  }
  if (socketPath !== undefined && https !== undefined) {
    throw new Error("the endpoint's option https needs a port: put the Unix socket into the option http");
  }
  const more = [options.http ?? []].flat() as HttpPlace[];
  return [
    socketPath === undefined ? { host, port } : unixPlace(socketPath, options.socketMode),
    ...more.map((place) =>
      "socketPath" in place
        ? unixPlace(place.socketPath, place.socketMode)
        : { host: hostOf(place.host) ?? host, port: place.port },
    ),
  ];
}

/** A place as people read it: `https://127.0.0.1:4000`, `unix:/run/shop.sock`. */
export function formatPlace(place: Place, secure: boolean): string {
  if ("socketPath" in place) return `unix:${place.socketPath}`;
  const host = place.host.includes(":") ? `[${place.host}]` : place.host;
  return `${secure ? "https" : "http"}://${host}:${place.port}`;
}

function unixPlace(socketPath: string, socketMode = defaultSocketMode): Place {
  return { socketPath, socketMode };
}
