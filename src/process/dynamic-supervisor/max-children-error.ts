/** A dynamic supervisor has all the children that it may have. */
export class MaxChildrenError extends Error {
  override readonly name = "MaxChildrenError";

  constructor(supervisor: string, maxChildren: number) {
    super(
      `${supervisor} already has ${maxChildren} children, as many as its maxChildren allows: stop one, raise the limit, or tell whoever asked to come back later`,
    );
  }
}
