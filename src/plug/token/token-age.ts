/** The present in seconds since 1970, which is what tokens count in. */
export function presentSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Whether something of this age is still accepted; a maximum of 0 accepts nothing, and neither does NaN on either side. */
export function withinAge(age: number, maxAge: number): boolean {
  return maxAge > 0 && age <= maxAge;
}
