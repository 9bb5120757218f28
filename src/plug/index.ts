/**
 * The conn, the pipeline it travels, and the plugs that every application needs.
 *
 * A request becomes a {@link Conn}, which passes through plain functions, the plugs, one after another: each
 * does one thing, such as reading the session or refusing a forgery, and what they have left on the conn is
 * what the action sees. Because a plug is only a function, an application's own are written and tested like
 * any other, and because a pipeline is composed once at start, passing through it costs no more than the calls.
 *
 * @example
 * const browser = compilePipeline([
 *   requestId(), accepts("html"), parseBody(), fetchSession(), protectFromForgery(), putSecureBrowserHeaders(),
 *   (conn) => { conn.assigns.locale = conn.cookies.locale ?? "en"; },
 * ]);
 *
 * @module
 */
export { accepts, type Format } from "./accepts.ts";
export { allowHosts } from "./allow-hosts.ts";
export {
  type BasicAuthOptions,
  type BasicCredentials,
  basicAuth,
  basicAuthHeader,
  type VerifyBasicCredentials,
} from "./basic-auth.ts";
export type { BodyLimits, BodyParser } from "./body/body-parser.ts";
export type { UploadOptions } from "./body/multipart.ts";
export { readBody } from "./body/read-body.ts";
export type { CodingName } from "./compression/content-codings.ts";
export { type CompressionOptions, compression } from "./compression.ts";
export type { ServerConfig } from "./config.ts";
export type { BodySource } from "./conn/body-source.ts";
export type { ChunkWriter } from "./conn/chunk-writer.ts";
export { breakOff, ClientGoneError } from "./conn/client-signal.ts";
export type { ContentCoding } from "./conn/content-coding.ts";
export { type HeaderSet, headerSet } from "./conn/headers.ts";
export type { RequestOrigin } from "./conn/request-target.ts";
export { Conn } from "./conn.ts";
export type { ContentSecurityPolicy } from "./content-security-policy.ts";
export type { CookieOptions } from "./cookie/cookie-header.ts";
export type { SecuredCookieOptions } from "./cookie/secured-cookie.ts";
export { type CorsOptions, cors } from "./cors.ts";
export { cspNonce } from "./csp-nonce.ts";
export { sendEarlyHints } from "./early-hints.ts";
export { encodeQuery, type QueryParams, type QueryValue } from "./encode-query.ts";
export type { EventStream } from "./event-stream/event-stream.ts";
export type { ServerSentEvent } from "./event-stream/server-sent-event.ts";
export {
  bodyRefused,
  credentialsRefused,
  eventStreamOverflow,
  forgeryRefused,
  rateLimitExceeded,
  rateLimitFailed,
  sessionRejected,
  sessionStoreFailed,
  uploadCleanupFailed,
} from "./events.ts";
export { onFailure, pipelineFailed } from "./failure.ts";
export { fetchSession, readSession } from "./fetch-session.ts";
export { contentDisposition } from "./file/content-disposition.ts";
export { filterParams, paramFilter } from "./filter-params.ts";
export type { Flash } from "./flash.ts";
export { type ForceSslOptions, forceSsl, type HstsOptions } from "./force-ssl.ts";
export { csrfToken, csrfTokenFor, deleteCsrfToken, validCsrfToken } from "./forgery/forgery-token.ts";
export { head } from "./head.ts";
export { HttpError, reasonPhrase } from "./http-error.ts";
export { methodOverride } from "./method-override.ts";
export type { Params, ParamValue } from "./params.ts";
export { type ParseBodyOptions, parseBody } from "./parse-body.ts";
export { compilePipeline, type Plug } from "./plug.ts";
export { type ForgeryProtectionOptions, protectFromForgery, skipForgeryProtection } from "./protect-from-forgery.ts";
export {
  isProviding,
  type ProvidedByPlugs,
  type ProvideOptions,
  type ProvidingPlug,
  provide,
  type Together,
} from "./provide.ts";
export { decodeQuery } from "./query.ts";
export { RandomPool } from "./random-pool.ts";
export {
  type MemoryRateLimitOptions,
  memoryRateLimitStore,
  type RateLimitPolicy,
  type RateLimitStore,
} from "./rate-limit/rate-limit-store.ts";
export type { Taken } from "./rate-limit/sliding-window.ts";
export { type RateLimitOptions, rateLimit } from "./rate-limit.ts";
export { requestId } from "./request-id.ts";
export {
  type ConnWith,
  type Found,
  type LoadContext,
  type ProvidedBy,
  type Requirement,
  requirement,
  type SessionReader,
} from "./requirement.ts";
export { putSecureBrowserHeaders, type SecureHeadersOptions } from "./secure-headers.ts";
export { type Download, type SendDownloadOptions, sendDownload } from "./send-download.ts";
export { type EventsSource, type SendEventsOptions, sendEvents } from "./send-events.ts";
export { type SendFileOptions, sendFile } from "./send-file.ts";
export { type StaticFiles, type StaticServer, serveStatic, staticServer } from "./serve-static.ts";
export { memorySessionStore } from "./session/memory-session-store.ts";
export { checkSessionOptions, type SessionOptions } from "./session/session-options.ts";
export type { SessionStore, SessionStoreOption } from "./session/session-store.ts";
export { Session, type SessionData } from "./session.ts";
export {
  type PipelineEvents,
  type PipelineException,
  type PipelineStart,
  type PipelineStop,
  pipelineEvents,
  telemetry,
} from "./telemetry.ts";
export type { Secrets } from "./token/token-keys.ts";
export {
  decryptToken,
  encryptToken,
  signToken,
  Token,
  type TokenOptions,
  type TokenSource,
  type Verified,
  type VerifyOptions,
  verifyToken,
} from "./token.ts";
export { type ProxyHeader, type TrustProxyOptions, trustProxy } from "./trust-proxy.ts";
export { temporaryFile } from "./upload/request-files.ts";
export { Upload, type UploadedFile } from "./upload.ts";
export { type FieldErrors, InvalidParamsError, validate } from "./validate.ts";
