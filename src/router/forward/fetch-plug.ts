import type { Conn, Plug } from "../../plug/index.ts";
import type { FetchHandler } from "../route.ts";
import { fetchRequest } from "./fetch-request.ts";
import { sendFetchResponse } from "./fetch-response.ts";

/** The plug that answers with a handler of the Fetch API. */
export function fetchPlug(handler: FetchHandler): Plug {
  return async (conn) => {
    const { request, release } = fetchRequest(conn);
    try {
      const response: unknown = await handler.fetch(request, { conn });
      await sendFetchResponse(conn, checked(conn, response));
    } finally {
      release();
    }
  };
}

/** Only its shape: a library may bring a Response of its own. */
function checked({ method, path }: Conn, response: unknown): Response {
  const isResponse = typeof response === "object" && response !== null && "status" in response && "headers" in response;
  if (isResponse) return response as Response;
  throw new Error(
    `${method} ${path} was forwarded to a fetch function that gave back no Response, but ${String(response)}`,
  );
}
