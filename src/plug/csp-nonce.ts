import { randomBytes } from "node:crypto";
import type { Conn } from "./conn.ts";
import { type CompiledPolicy, noncePieces } from "./content-security-policy.ts";

/**
 * The nonce with which this page may have a `<script>` or `<style>` of its own in it, for their attribute `nonce`.
 *
 * It is made when first asked for and is the same for the whole response, whose content security policy then admits
 * it; pages that do not ask have none, and pay nothing. Never give it to scripts that hold what visitors wrote.
 *
 * A live view is rendered again without a conn, so this belongs into root layouts and pages of controllers. What
 * carries a nonce must not be kept by shared caches, which responses are not by default.
 *
 * @throws if the head of the response, with its policy, is already on its way.
 * @example
 * const Root: RootLayout = ({ inner, conn }) => html`<!doctype html>
 *   <html lang="en">
 *     <head><script nonce="${cspNonce(conn)}">document.documentElement.classList.add("js");</script></head>
 *     <body>${inner}</body>
 *   </html>`;
 */
export function cspNonce(conn: Conn): string {
  const present = conn.getPrivate(nonceKey);
  if (typeof present === "string") return present;
  if (conn.sent) {
    throw new Error(
      `${conn.method} ${conn.path} asked for cspNonce(conn), but the head of its response, which names the nonce, ` +
        "has been sent: ask for it before the response begins",
    );
  }
  const nonce = randomBytes(18).toString("base64url");
  conn.putPrivate(nonceKey, nonce);
  admitNonce(conn, nonce);
  return nonce;
}

/** Called by the plug that puts the policy. A nonce that the page has already stays valid. */
export function rememberPolicy(conn: Conn, policy: CompiledPolicy): void {
  conn.putPrivate(policyKey, policy);
  const nonce = conn.getPrivate(nonceKey);
  if (typeof nonce === "string") admitNonce(conn, nonce);
}

function admitNonce(conn: Conn, nonce: string): void {
  const compiled = conn.getPrivate(policyKey) as CompiledPolicy | undefined;
  for (const name of policyHeaders) {
    const text = conn.getHeader(name);
    if (text === undefined) continue;
    // An action may have set another policy since; that one is taken apart here.
    const pieces = compiled?.text === text ? compiled.pieces : noncePieces(text);
    conn.setHeader(name, pieces.join(nonce));
  }
}

const policyHeaders = ["content-security-policy", "content-security-policy-report-only"];
const nonceKey = Symbol("csp nonce");
const policyKey = Symbol("content security policy");
