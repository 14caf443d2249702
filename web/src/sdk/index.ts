/** The way to the API: requests, refusals and live facts, all typed. */
export { answer, api } from "./client";
export { isJobEvent, type JobEvent, type JobFact, type LiveEvent, type ServerMessage } from "./events";
export { Problem, sentence } from "./problem";
export type {
  Balance,
  Cost,
  InputSchema,
  JobAccepted,
  JobError,
  JobInput,
  JobOrder,
  JobStatus,
  JobView,
  Me,
  ModelView,
  OperationView,
  Output,
  Preview,
  Property,
} from "./schema";
