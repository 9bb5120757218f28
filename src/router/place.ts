import { fileURLToPath } from "node:url";

/** Where in the application's code something was declared. Cheap to take; read only when it is reported. */
export interface Place {
  readonly stack?: string;
}

/**
 * Takes the place of the code that called `calledFunction`, which must be a function on the current call stack.
 */
export function placeOfCall(calledFunction: (...values: never[]) => unknown): Place {
  const place = {};
  Error.captureStackTrace(place, calledFunction);
  return place;
}

/** `/app/web/router.ts:12`, or `an unknown place` where the engine did not tell. */
export function describePlace(place: Place): string {
  const frame = place.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  const [, file, line] = frame?.match(/\(?((?:file:\/\/)?\/?[^()\s]*):(\d+):\d+\)?$/) ?? [];
  if (file === undefined) return "an unknown place";
  return `${file.startsWith("file:") ? fileURLToPath(file) : file}:${line}`;
}
