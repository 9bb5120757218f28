import type { Conn } from "../plug/index.ts";

/** The names of statuses, as Plug has them, with their numbers (RFC 9110, section 15). */
const statusCodes = {
  ok: 200,
  created: 201,
  accepted: 202,
  non_authoritative_information: 203,
  no_content: 204,
  reset_content: 205,
  partial_content: 206,
  multi_status: 207,
  already_reported: 208,
  im_used: 226,
  multiple_choices: 300,
  moved_permanently: 301,
  found: 302,
  see_other: 303,
  not_modified: 304,
  temporary_redirect: 307,
  permanent_redirect: 308,
  bad_request: 400,
  unauthorized: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  proxy_authentication_required: 407,
  request_timeout: 408,
  conflict: 409,
  gone: 410,
  length_required: 411,
  precondition_failed: 412,
  content_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  expectation_failed: 417,
  im_a_teapot: 418,
  misdirected_request: 421,
  unprocessable_content: 422,
  unprocessable_entity: 422,
  locked: 423,
  failed_dependency: 424,
  too_early: 425,
  upgrade_required: 426,
  precondition_required: 428,
  too_many_requests: 429,
  request_header_fields_too_large: 431,
  unavailable_for_legal_reasons: 451,
  internal_server_error: 500,
  not_implemented: 501,
  bad_gateway: 502,
  service_unavailable: 503,
  gateway_timeout: 504,
  http_version_not_supported: 505,
  variant_also_negotiates: 506,
  insufficient_storage: 507,
  loop_detected: 508,
  not_extended: 510,
  network_authentication_required: 511,
} as const;

/** The name of a status: `not_found`. */
export type StatusName = keyof typeof statusCodes;

/** The name of a status that tells of an error, from 400 on. */
export type ErrorStatusName = {
  [Name in StatusName]: `${(typeof statusCodes)[Name]}` extends `${4 | 5}${string}` ? Name : never;
}[StatusName];

/** A status by number or by name: `404`, `"not_found"`. */
export type Status = number | StatusName;

/**
 * Sets the status that the answer has unless it says otherwise itself.
 *
 * @throws for a name that is none, and for a number that is no status.
 *
 * @example
 * putStatus(conn, "created");
 * render(conn, PostView, { post });
 */
export function putStatus(conn: Conn, status: Status): void {
  conn.putStatus(statusCode(status));
}

/**
 * The number of a status. Numbers are given back as they are; who sends them checks them.
 *
 * @throws for a name that is none.
 */
export function statusCode(status: Status): number {
  if (typeof status === "number") return status;
  if (Object.hasOwn(statusCodes, status)) return statusCodes[status];
  throw new RangeError(`${JSON.stringify(status)} names no HTTP status: they are named like "not_found" or "created"`);
}
