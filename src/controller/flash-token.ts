import { type ServerConfig, signToken, verifyToken } from "../plug/index.ts";
import type { FlashMessages } from "./flash.ts";

const salt = "anqa flash";
const maxAgeSeconds = 60;

/**
 * Packs messages for the way through the client, which hands them on unread: from a view to the one it navigates to,
 * or in a cookie to a page (protocol, section 27). Valid for 60 seconds.
 */
export function signFlash(config: ServerConfig, messages: FlashMessages): string {
  return signToken(config, salt, messages);
}

/** The messages of a token of {@link signFlash}; none if it is not ours or older than 60 seconds. */
export function verifyFlash(config: ServerConfig, token: string): FlashMessages {
  const verified = verifyToken<FlashMessages>(config, salt, token, { maxAge: maxAgeSeconds });
  return verified.ok ? verified.data : {};
}
