/** Who is signed in, and signing in and out. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api, type Me, Problem } from "@/sdk";

export const sessionQuery = {
  queryKey: ["identity", "me"] as const,
  queryFn: readSession,
};

/** Who we are, or null when nobody is signed in. */
async function readSession(): Promise<Me | null> {
  try {
    return await answer(api.GET("/v1/me"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

/** A session that is already over needs no ending. */
async function endSession(): Promise<void> {
  try {
    await answer(api.DELETE("/v1/sessions/current"));
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
  }
}

export function useSession() {
  return useQuery(sessionQuery);
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { email: string; password: string }) => answer(api.POST("/v1/sessions", { body: credentials })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}

/** Signs out and forgets all that this session had read. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: endSession,
    onSuccess: () => {
      client.setQueryData(sessionQuery.queryKey, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "identity" });
    },
  });
}
