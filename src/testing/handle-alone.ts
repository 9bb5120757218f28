import { Conn, type Plug, type ServerConfig } from "../plug/index.ts";
import type { Node } from "../process/index.ts";
import { exchange, type SentRequest } from "./exchange.ts";
import type { Outcome } from "./test-conn.ts";

/** What every conn has to know of its server. */
export interface Surroundings {
  readonly node: Node;
  readonly config: ServerConfig;
}

/**
 * Lets a plug handle a request, with nothing around it.
 *
 * @param prepare sees the conn before the plug.
 * @returns without an answer if the plug gives none.
 * @throws (rejects) what the plug throws: nobody makes an error page of it.
 */
export async function handleAlone(
  { node, config }: Surroundings,
  request: SentRequest,
  prepare: (conn: Conn) => void,
  plug: Plug,
): Promise<Outcome & { readonly served: Conn }> {
  const { promise: arrival, resolve } = Promise.withResolvers<Conn>();
  const answering = exchange(request, (incoming, response) => resolve(new Conn(node, config, incoming, response)));
  // It is awaited where there is an answer to await.
  answering.catch(() => {});
  const served = await arrival;
  prepare(served);
  await plug(served);
  await served.sending;
  const answer = served.sent ? await answering : undefined;
  return { request, answer, served, route: undefined, error: undefined };
}
