/** What the workspace can spend. Read once; after that, facts about jobs move it. */
import { type QueryClient, useQuery } from "@tanstack/react-query";

import { answer, api, type Balance } from "@/sdk";

export const balanceQuery = {
  queryKey: ["ledger", "balance"] as const,
  queryFn: () => answer(api.GET("/v1/balance")),
  enabled: false,
};

export function useBalance(): Balance | undefined {
  return useQuery(balanceQuery).data;
}

/** Reads the balance anew. */
export async function loadBalance(client: QueryClient): Promise<void> {
  await client.fetchQuery({ ...balanceQuery, staleTime: 0 });
}

/** Moves credits without asking the server: `held` more are set aside, `spent` more are gone; both may be negative. */
export function moveCredits(client: QueryClient, { held, spent }: { held: number; spent: number }): void {
  if (held === 0 && spent === 0) return;
  client.setQueryData(balanceQuery.queryKey, (balance: Balance | undefined) =>
    balance === undefined
      ? undefined
      : {
          ...balance,
          availableCredits: exact(balance.availableCredits - held - spent),
          heldCredits: exact(balance.heldCredits + held),
        },
  );
}

/** The server named what is left. */
export function setAvailable(client: QueryClient, availableCredits: number): void {
  client.setQueryData(balanceQuery.queryKey, (balance: Balance | undefined) => balance && { ...balance, availableCredits });
}

/** Credits have three decimal places; binary sums do not. */
function exact(credits: number): number {
  return Math.round(credits * 1000) / 1000;
}
