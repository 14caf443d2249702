/** How server state is kept: read once, then kept up to date by facts. Nothing is asked for on a timer or on focus. */
import { notifyManager, QueryClient } from "@tanstack/react-query";

import { Problem } from "@/sdk";

const NETWORK_RETRIES = 2;

export function createQueryClient(): QueryClient {
  // The library waits for a timer; what a click or a fact changes is to be seen in the same frame.
  notifyManager.setScheduler(queueMicrotask);
  return new QueryClient({
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
}
