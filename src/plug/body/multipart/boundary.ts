import { HttpError } from "../../http-error.ts";
import { contentTypeParameter } from "../content-type.ts";

/**
 * The boundary that separates the parts of a multipart body, from its content type.
 *
 * @throws HttpError 400 if there is none, or one that RFC 2046, section 5.1.1 does not allow.
 */
export function boundaryOf(contentType: string): string {
  const boundary = contentTypeParameter(contentType, "boundary");
  if (boundary === undefined)
    throw new HttpError(400, "the content type of a multipart body names no boundary (RFC 2046, section 5.1.1)");
  if (!allowed.test(boundary)) {
    throw new HttpError(
      400,
      `the boundary of a multipart body has ${boundary.length} characters, or some that are not allowed: 1 to 70 ` +
        "letters, digits and '()+_,-./:=? may be used (RFC 2046, section 5.1.1)",
    );
  }
  return boundary;
}

const allowed = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;
