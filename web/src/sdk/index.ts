/** The way to the API: requests, refusals and live facts, all typed. */
export { answer, api } from "./client";
export { isJobEvent, type JobEvent, type JobFact, type LiveEvent, type ServerMessage } from "./events";
export { Problem, sentence } from "./problem";
export type {
  Balance,
  Cost,
  Depth,
  InputSchema,
  JobAccepted,
  JobError,
  JobInput,
  JobOrder,
  JobStatus,
  JobView,
  Lane,
  Letter,
  Me,
  ModelView,
  OperationView,
  Output,
  Pool,
  Preview,
  Property,
  Queue,
  Worker,
} from "./schema";
