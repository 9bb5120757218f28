import { type FlashMessages, signFlash } from "../controller/index.ts";
import type { ServerConfig } from "../plug/index.ts";

/** Where a callback asked to go. */
export type Navigation = Patch | Departure;

/** Another URL of the same view. */
export interface Patch {
  readonly kind: "patch";
  readonly to: string;
  readonly replace: boolean;
}

/** A navigation that ends the view. */
export type Departure =
  /** Another view, over the same connection. */
  | { readonly kind: "navigate"; readonly to: string; readonly replace: boolean }
  /** Another page. */
  | { readonly kind: "redirect"; readonly to: string; readonly external: boolean };

/** Name of the push, and key of the reply, that tells the client to go (PROTOCOL section 26). */
export function departureEvent(departure: Departure): "live_redirect" | "redirect" {
  return departure.kind === "navigate" ? "live_redirect" : "redirect";
}

/** JSON text of `{"to", "kind"?, "flash"?}`; the flash travels as a signed token (PROTOCOL section 27). */
export function departurePayload(config: ServerConfig, departure: Departure, flash: FlashMessages): string {
  const kind = departure.kind === "navigate" ? { kind: historyKind(departure.replace) } : undefined;
  const token = Object.keys(flash).length === 0 ? undefined : { flash: signFlash(config, flash) };
  return JSON.stringify({ to: departure.to, ...kind, ...token });
}

/** JSON text of `{"kind", "to"}`, which tells the client to change its history. */
export function livePatchPayload({ replace, to }: Patch): string {
  return JSON.stringify({ kind: historyKind(replace), to });
}

function historyKind(replace: boolean): "push" | "replace" {
  return replace ? "replace" : "push";
}
