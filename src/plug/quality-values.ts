/** One element of a header such as `accept` or `accept-encoding`: `text/*;q=0.5`. */
export interface Quality {
  /** Lower-case, without parameters. */
  readonly value: string;
  /** 0, not at all, to 1. */
  readonly quality: number;
}

/**
 * Takes a list of values with their weights apart (RFC 9110, section 12.4.2), in the order in which they stand. Never
 * throws: a weight that is none counts as 0, an element without a value stays empty, and matches nothing.
 *
 * @param header at most its first 200 elements are looked at; none that is meant honestly has as many.
 */
export function parseQualities(header: string): Quality[] {
  return header.split(",", maxElements).map((element) => {
    const [value = "", ...parameters] = element.split(";");
    const weight = parameters.map((parameter) => parameter.trim()).find((parameter) => weightName.test(parameter));
    const quality = weight === undefined ? 1 : Number(weight.slice(weight.indexOf("=") + 1));
    return { value: value.trim().toLowerCase(), quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}

const maxElements = 200;
const weightName = /^q\s*=/i;
