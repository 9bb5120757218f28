import type { Together } from "../plug/index.ts";

/** One name of the pipelines that a router knows, or several in order. */
export type PipelineNames<Pipelines> = (keyof Pipelines & string) | readonly (keyof Pipelines & string)[];

/** What pipelines provide together, by name. */
export type ProvidedThrough<Pipelines, Through> = Together<
  Pipelines[(Through extends readonly unknown[] ? Through[number] : Through) & keyof Pipelines]
>;
