/** A call that a server answers: its name, what it is given, and what it answers. */
export interface CallSignature<Name extends string, Payload, Reply> {
  readonly name: Name;
  readonly payload: Payload;
  readonly reply: Reply;
}

/** A cast that a server takes. */
export interface CastSignature<Name extends string, Payload> {
  readonly name: Name;
  readonly payload: Payload;
}

/** Any call, where only that matters. */
export type AnyCall = CallSignature<string, unknown, unknown>;

/** Any cast. */
export type AnyCast = CastSignature<string, unknown>;

/** The one of several signatures that has a name. */
export type Named<Signature extends { readonly name: string }, Name> = Extract<Signature, { readonly name: Name }>;

/** The arguments after a name: a payload that may be undefined need not be given. */
export type PayloadThen<Payload, Options> = [undefined] extends [Payload]
  ? [payload?: Payload, options?: Options]
  : [payload: Payload, options?: Options];
