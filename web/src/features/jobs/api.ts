/** The roll at the server: read it, add to it, stop and repeat what is on it. */
import { type QueryClient, useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";

import { moveCredits } from "@/features/ledger";
import { answer, api, type JobAccepted, type JobEvent, type JobOrder, Problem } from "@/sdk";

import { type Job, listed } from "./model";
import { accepted, creditsBetween, EMPTY, folded, merged, ordered, type Roll, withdrawn } from "./roll";

const ROLL = ["jobs", "roll"] as const;
const SUBMIT = ["jobs", "submit"] as const;
const PAGE = 50;
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

/** Folds a fact into the roll and the balance. */
export function applyJobEvent(client: QueryClient, event: JobEvent): void {
  changeRoll(client, (roll) => folded(roll, event));
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
    onMutate: ({ key, order, credits }) => changeRoll(client, (roll) => ordered(roll, key, order, credits, new Date())),
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
  return { ...merged(client.getQueryData<Roll>(ROLL) ?? EMPTY, page.data.map(listed)), isRead: true };
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
