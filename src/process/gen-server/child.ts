import type { Node, SpawnOptions } from "../node.ts";
import type { Process } from "../process.ts";
import type { ChildSpec } from "../supervisor.ts";
import type { GenServerDefinition } from "./definition.ts";
import { startServer } from "./server-process.ts";

/** How a supervisor keeps a server. */
export interface ChildOptions extends Omit<SpawnOptions, "link"> {
  /** Unique among its siblings; the default is its name, or else the server's. */
  readonly id?: string;
  /** Default `permanent`. */
  readonly restart?: "permanent" | "transient" | "temporary";
  /** Default 5,000 ms. */
  readonly shutdown?: number | "brutal_kill";
}

const noOptions: ChildOptions = Object.freeze({});

/** A server as a child. It is a class because a supervisor may have a million of them. */
export class GenServerChild implements ChildSpec {
  readonly #definition: GenServerDefinition;
  readonly #args: unknown;
  readonly #options: ChildOptions;

  constructor(definition: GenServerDefinition, args: unknown, options: ChildOptions = noOptions) {
    this.#definition = definition;
    this.#args = args;
    this.#options = options;
  }

  get id(): string {
    const { id, name = this.#definition.name } = this.#options;
    return id ?? String(name);
  }

  get restart(): "permanent" | "transient" | "temporary" {
    return this.#options.restart ?? "permanent";
  }

  get shutdown(): number | "brutal_kill" {
    return this.#options.shutdown ?? 5_000;
  }

  start(node: Node): Process {
    return node.spawn(this.#definition.label, startServer(this.#definition, this.#args), this.#options);
  }
}
