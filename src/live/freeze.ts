/**
 * Freezes a value and all plain objects and arrays in it. Instances of classes, Maps and Sets are left as they are.
 *
 * Assigns are compared by identity; a value that is changed in place would be shown or not by chance.
 */
export function freezeDeeply(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || !isPlain(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freezeDeeply(inner);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
