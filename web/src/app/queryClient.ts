/** How server state is kept: read once, then kept up to date by facts. Nothing is asked for on a timer; on focus, a look that facts do not keep up. */
import { MutationCache, notifyManager, QueryClient } from "@tanstack/react-query";

import { sessionQuery } from "@/features/identity";
import { Problem } from "@/sdk";

const NETWORK_RETRIES = 2;

export function createQueryClient(): QueryClient {
  // The library waits for a timer; what a click or a fact changes is to be seen in the same frame.
  notifyManager.setScheduler(queueMicrotask);
  const client: QueryClient = new QueryClient({
    mutationCache: new MutationCache({ onError: (error) => doubt(client, error) }),
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: Infinity,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < NETWORK_RETRIES && !(error instanceof Problem),
      },
    },
  });
  return client;
}

/** A session that ended elsewhere shows in the first answer to something we wanted done. */
function doubt(client: QueryClient, error: unknown): void {
  if (error instanceof Problem && error.code === "identity.unauthenticated") {
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }
}
