/** As much of the API's contract as the page uses; the contract itself is made from the server's code (`make sdk`). */
import type { components } from "@daygen/schema";

export type { paths } from "@daygen/schema";

type Schemas = components["schemas"];

export type Balance = Pick<Schemas["BalanceView"], "availableCredits" | "heldCredits">;
export type Cost = Schemas["CostView"];
export type Depth = Schemas["DepthView"];
export type JobAccepted = Pick<Schemas["JobAccepted"], "jobId" | "quote">;
export type JobError = Schemas["ErrorView"];
export type JobStatus = Schemas["State"];
export type Me = Pick<Schemas["Me"], "workspace" | "user">;
export type Lane = Schemas["LaneView"];
export type Letter = Schemas["LetterView"];
export type Output = Pick<Schemas["OutputView"], "assetId" | "url" | "contentType" | "size" | "width" | "height"> &
  Partial<Pick<Schemas["OutputView"], "durationSeconds">>;
export type Pool = Schemas["PoolView"];
export type ProblemBody = Schemas["Problem"];
export type Queue = Schemas["QueueView"];
export type Worker = Schemas["WorkerView"];

export type JobView = Pick<
  Schemas["JobView"],
  "id" | "status" | "progress" | "operation" | "model" | "input" | "count" | "error" | "cost" | "attempts" | "createdAt"
> &
  Partial<Pick<Schemas["JobView"], "text" | "position" | "finishedAt">> &
  Underway & { outputs: Output[] };

/** A picture that is still being made. */
export interface Preview {
  index: number;
  url: string;
  width: number | null;
  height: number | null;
}

/** What is known of a job before its end; told with progress. */
export interface Underway {
  position?: number | null;
  estimateSeconds?: number | null;
  previews?: Preview[];
}

/** An order with everything else as the server has it by itself. */
export type JobOrder = { model: string; operation: string; count: number; input: JobInput };

/** What the page knows of a job's input; each model has more by its own JSON Schema. */
export type JobInput = {
  prompt?: string;
  aspectRatio?: string;
  width?: number;
  height?: number;
  seed?: number;
  [setting: string]: unknown;
};

/** What an output costs: a sum, or a sum for each of the input's `seconds`. */
export interface PriceRule {
  creditsPerOutput?: number | null;
  creditsPerSecond?: number | null;
  /** By the values of these inputs, joined with a slash, it costs something else. */
  by?: string[];
  prices?: Record<string, number>;
}

export type OperationView = Pick<Schemas["OfferView"], "operation" | "inputSchema"> & { price: PriceRule; mostOutputs?: number };
export type ModelView = Pick<Schemas["ModelView"], "id" | "title" | "description" | "provider"> & { operations: OperationView[] };

/** As much of JSON Schema as a form needs. */
export interface InputSchema {
  properties?: Record<string, Property>;
  required?: string[];
}

export interface Property {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  maxLength?: number;
  /** The field takes a file of this kind. */
  "x-source"?: string;
}
