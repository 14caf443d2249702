/** The queue of the house, one look at a time: when the page is opened or come back to, and when somebody asks. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { newKey } from "@/lib/key";
import { answer, api, type Letter, type Queue, sentence } from "@/sdk";

import { withLetter, withoutLetter } from "./queue";

// It is no fact of a workspace, so the socket does not tell it; and nothing is asked for on a timer.
const queueQuery = {
  queryKey: ["admin", "queue"] as const,
  queryFn: () => answer(api.GET("/v1/admin/queue")),
};

export function useQueue() {
  return useQuery({ ...queueQuery, staleTime: 0, refetchOnWindowFocus: "always" });
}

/** Tries dead letters again; the list is as if it had worked until it is known that it has not. */
export function useReplay() {
  const client = useQueryClient();
  const [refusals, setRefusals] = useState<Readonly<Record<string, string>>>({});
  const change = (how: (queue: Queue) => Queue) => client.setQueryData(queueQuery.queryKey, (queue: Queue | undefined) => queue && how(queue));
  const replay = useMutation({
    mutationFn: (letter: Letter) =>
      answer(
        api.POST("/v1/admin/queue/dead/{task_id}/replay", {
          params: { path: { task_id: letter.taskId }, header: { "idempotency-key": newKey() } },
        }),
      ),
    onMutate: async (letter) => {
      setRefusals((known) => Object.fromEntries(Object.entries(known).filter(([taskId]) => taskId !== letter.taskId)));
      change((queue) => withoutLetter(queue, letter.taskId));
      await client.cancelQueries({ queryKey: queueQuery.queryKey });
      change((queue) => withoutLetter(queue, letter.taskId));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: queueQuery.queryKey }),
    onError: (error, letter) => {
      setRefusals((others) => ({ ...others, [letter.taskId]: sentence(error) }));
      change((queue) => withLetter(queue, letter));
    },
  });
  return { refusals, replayed: replay.data, replay: (letter: Letter) => replay.mutate(letter) };
}
