/** The part of the API's contract that the page uses, in the shape that openapi-typescript gives it. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  errors?: { path: string; message: string }[];
  neededCredits?: number;
  availableCredits?: number;
}

export interface WorkspaceView {
  id: string;
  name: string;
  kind: string;
  role?: string | null;
}

export interface Me {
  user: { id: string; email: string; name: string } | null;
  workspace: WorkspaceView;
  workspaces: WorkspaceView[];
}

export interface Balance {
  availableCredits: number;
  heldCredits: number;
}

/** As much of JSON Schema as a form needs. */
export interface InputSchema {
  properties?: Record<string, { type?: string; enum?: string[]; default?: unknown; maxLength?: number }>;
}

export interface OperationView {
  operation: string;
  inputSchema: InputSchema;
  price: { creditsPerOutput: number };
}

export interface ModelView {
  id: string;
  title: string;
  provider: string;
  operations: OperationView[];
}

export type JobStatus = "queued" | "starting" | "processing" | "succeeded" | "failed" | "canceled" | "expired";

export interface Output {
  assetId: string;
  url: string;
  contentType: string;
  size: number;
  width?: number | null;
  height?: number | null;
}

export interface JobError {
  code: string;
  title: string;
  detail: string;
  retryable: boolean;
}

export interface Cost {
  quotedCredits: number;
  chargedCredits: number | null;
}

export interface JobInput {
  prompt?: string;
  aspectRatio?: string;
  width?: number;
  height?: number;
  seed?: number;
  technique?: string;
}

export interface JobView {
  id: string;
  status: JobStatus;
  progress: number;
  operation: string;
  model: string;
  input: JobInput;
  count?: number;
  outputs: Output[];
  error: JobError | null;
  cost: Cost;
  attempts: number;
  createdAt: string;
}

export interface JobOrder {
  model: string;
  operation: string;
  input: JobInput;
  count: number;
}

export interface Accepted {
  jobId: string;
  status: JobStatus;
  quote: { credits: number };
}

type Json<Body> = { headers: Record<string, unknown>; content: { "application/json": Body } };
type Problems = { headers: Record<string, unknown>; content: { "application/problem+json": ProblemBody } };
type Empty = { headers: Record<string, unknown>; content?: never };
interface None {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}
type WithKey = Omit<None, "header"> & { header?: { "Idempotency-Key"?: string } };
type WithId = Omit<None, "path"> & { path: { job_id: string } };
type WithIdAndKey = Omit<WithKey, "path"> & { path: { job_id: string } };
type Page<Item> = { data: Item[]; nextCursor: string | null };

export interface paths {
  "/v1/me": { get: { parameters: None; responses: { 200: Json<Me>; default: Problems } } };
  "/v1/sessions": {
    post: {
      parameters: None;
      requestBody: { content: { "application/json": { email: string; password: string } } };
      responses: { 201: Json<unknown>; default: Problems };
    };
  };
  "/v1/sessions/current": { delete: { parameters: None; responses: { 204: Empty; default: Problems } } };
  "/v1/balance": { get: { parameters: None; responses: { 200: Json<Balance>; default: Problems } } };
  "/v1/models": { get: { parameters: None; responses: { 200: Json<Page<ModelView>>; default: Problems } } };
  "/v1/jobs": {
    get: {
      parameters: Omit<None, "query"> & { query?: { limit?: number } };
      responses: { 200: Json<Page<JobView>>; default: Problems };
    };
    post: {
      parameters: WithKey;
      requestBody: { content: { "application/json": JobOrder } };
      responses: { 202: Json<Accepted>; default: Problems };
    };
  };
  "/v1/jobs/{job_id}/cancel": { post: { parameters: WithId; responses: { 200: Json<JobView>; default: Problems } } };
  "/v1/jobs/{job_id}/retry": {
    post: { parameters: WithIdAndKey; responses: { 202: Json<Accepted>; default: Problems } };
  };
}
