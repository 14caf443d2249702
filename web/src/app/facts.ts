/** Which fact changes what the page knows: the only place where events meet the cache. */
import type { QueryClient } from "@tanstack/react-query";

import { applyJobEvent, loadRoll } from "@/features/jobs";
import { loadBalance, setAvailable } from "@/features/ledger";
import { isJobEvent, type LiveEvent } from "@/sdk";

/** Brings one fact in. */
export function apply(client: QueryClient, event: LiveEvent): void {
  if (isJobEvent(event)) applyJobEvent(client, event);
  else if (event.data.availableCredits !== undefined) setAvailable(client, event.data.availableCredits);
}

/** Reads all that facts keep up to date from then on. What cannot be read shows so where it belongs. */
export async function readAll(client: QueryClient): Promise<void> {
  await Promise.allSettled([loadRoll(client), loadBalance(client)]);
}
