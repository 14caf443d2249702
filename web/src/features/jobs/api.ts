/** The roll at the server: read it, add to it, stop and repeat what is on it. */
import { type QueryClient, useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";

import { moveCredits } from "@/features/ledger";
import { answer, api, type JobAccepted, type JobEvent, type JobOrder, Problem } from "@/sdk";

import { isEnded, type Job, listed } from "./model";
import { accepted, creditsBetween, EMPTY, folded, merged, ordered, reread, type Roll, withdrawn } from "./roll";

const ROLL = ["jobs", "roll"] as const;
const SUBMIT = ["jobs", "submit"] as const;
const MORE = ["jobs", "more"] as const;
/** The first page is small, so that it is there at once; who scrolls back gets more at a time. */
const PAGE = 50;
const LARGER_PAGE = 200;
const NETWORK_RETRIES = 2;

/** The roll as far as it is known. It is read by `loadRoll` and kept up to date by facts; nothing here asks twice. */
export function useRoll() {
  const client = useQueryClient();
  return useQuery({ queryKey: ROLL, queryFn: () => readRoll(client), enabled: false });
}

/** Reads the roll anew; what facts have told in the meantime stays. */
export async function loadRoll(client: QueryClient): Promise<void> {
  await client.fetchQuery({ queryKey: ROLL, queryFn: () => readRoll(client), staleTime: 0 });
}

/** Goes further back: reads the jobs before those that are known. */
export function useOlder() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: MORE,
    mutationFn: (cursor: string) => answer(api.GET("/v1/jobs", { params: { query: { limit: LARGER_PAGE, cursor } } })),
    // The balance knows of them already: nothing changes hands.
    onSuccess: ({ data, nextCursor }) =>
      client.setQueryData(ROLL, (roll: Roll = EMPTY) => ({ ...merged(roll, data.map(listed)), next: nextCursor ?? null })),
    retry: isNetworkFault,
  });
}

/** One job by its id, for a link to it: from the roll if it is there, else from the server. */
export function useJob(id: string | undefined) {
  const roll = useRoll().data;
  const known = roll?.jobs.find((job) => job.id === id);
  const isMissing = id !== undefined && roll?.isRead === true && known === undefined;
  const asked = useQuery({
    queryKey: ["jobs", "one", id],
    queryFn: async () => listed(await readJob(id ?? "")),
    enabled: isMissing,
  });
  return { job: known ?? asked.data, isOnRoll: known !== undefined, error: isMissing ? asked.error : null };
}

/** Reads one job anew: its links are good again. */
export async function reloadJob(client: QueryClient, id: string): Promise<void> {
  const job = listed(await readJob(id));
  changeRoll(client, (roll) => merged(roll, [job]));
}

function readJob(id: string) {
  return answer(api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));
}

/** Folds a fact into the roll and the balance. */
export function applyJobEvent(client: QueryClient, event: JobEvent): void {
  changeRoll(client, (roll) => folded(roll, event));
  const job = client.getQueryData<Roll>(ROLL)?.jobs.find(({ id }) => id === event.data.jobId);
  // A text is not in every fact; a job that ended well without a picture has one.
  const lacksText = job?.id && isEnded(job) && job.status === "succeeded" && job.outputs.length === 0 && job.text === null;
  if (lacksText && event.data.text === undefined) void reloadJob(client, job.id ?? "").catch(() => undefined);
}

/** Orders a job: its strip is there at once, and gone again if the server refuses. Safe on a bad line: sent twice, it is one job. */
export function useSubmit() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: SUBMIT,
    mutationFn: ({ key, order }: Ordering) =>
      answer(
        api.POST("/v1/jobs", { body: order, params: { header: { "idempotency-key": key } } }),
      ) as Promise<JobAccepted>, // only who asks to wait is answered with the job
    onMutate: ({ key, order, credits, standard = {} }) =>
      changeRoll(client, (roll) => ordered(roll, key, { ...order, input: { ...standard, ...order.input } }, credits, new Date())),
    onSuccess: ({ jobId, quote }, { key }) => changeRoll(client, (roll) => accepted(roll, key, jobId, quote.credits)),
    onError: (_, { key }) => changeRoll(client, (roll) => withdrawn(roll, key)),
    retry: isNetworkFault,
  });
}

/** Why the last order was refused, wherever on the page it was made; null when it was not. */
export function useRefusal(): unknown {
  return useMutationState({ filters: { mutationKey: SUBMIT }, select: ({ state }) => state.error }).at(-1) ?? null;
}

/** One wish to order: the key makes it one job however often it is sent. */
export interface Ordering {
  key: string;
  order: JobOrder;
  /** What it will cost, by the rule of the catalogue; the server's price is final. */
  credits: number;
  /** What the server will fill in, as far as it can be seen on a strip. */
  standard?: JobOrder["input"];
}

export function useCancel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answer(api.POST("/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } })),
    onSuccess: (job) => changeRoll(client, (roll) => merged(roll, [listed(job)])),
    retry: isNetworkFault,
  });
}

/** Orders the same again. */
export function useRetry() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, job }: Again) =>
      answer(
        api.POST("/v1/jobs/{job_id}/retry", {
          params: { path: { job_id: job.id }, header: { "idempotency-key": key } },
        }),
      ),
    onMutate: ({ key, job }) =>
      changeRoll(client, (roll) => ordered(roll, key, orderOf(job), job.cost.quotedCredits, new Date())),
    onSuccess: ({ jobId, quote }, { key }) => changeRoll(client, (roll) => accepted(roll, key, jobId, quote.credits)),
    onError: (_, { key }) => changeRoll(client, (roll) => withdrawn(roll, key)),
    retry: isNetworkFault,
  });
}

interface Again {
  key: string;
  job: Job & { id: string };
}

function orderOf(job: Job): JobOrder {
  return { model: job.model, operation: job.operation, input: job.input ?? {}, count: job.count };
}

async function readRoll(client: QueryClient): Promise<Roll> {
  const page = await answer(api.GET("/v1/jobs", { params: { query: { limit: PAGE } } }));
  return reread(client.getQueryData<Roll>(ROLL) ?? EMPTY, page.data.map(listed), page.nextCursor ?? null);
}

function changeRoll(client: QueryClient, how: (roll: Roll) => Roll): void {
  const before = client.getQueryData<Roll>(ROLL) ?? EMPTY;
  const after = how(before);
  client.setQueryData(ROLL, after);
  moveCredits(client, creditsBetween(before, after));
}

/** Only a line that failed is tried again: an answer, whatever it says, stands. */
function isNetworkFault(failures: number, error: unknown): boolean {
  return failures < NETWORK_RETRIES && !(error instanceof Problem);
}
