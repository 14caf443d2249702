/** The page's one socket: opened for a workspace, its facts brought into the cache. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { sessionQuery } from "@/features/identity";
import { Live, type LiveStatus } from "@/lib/live";
import type { LiveEvent } from "@/sdk";

import { apply, readAll } from "./facts";

/** A page without a socket shows what there is all the same, after this long. */
const READ_WITHOUT_SOCKET_MS = 1_500;

export function useLive(workspaceId: string): LiveStatus {
  const client = useQueryClient();
  const [status, setStatus] = useState<LiveStatus>("connecting");
  useEffect(() => {
    let hasRead = false;
    const read = () => {
      hasRead = true;
      void readAll(client);
    };
    const live = new Live<LiveEvent>({
      channel: `workspace:${workspaceId}`,
      open: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/ws`),
      onEvent: (event) => apply(client, event),
      onFresh: read,
      onStatus: setStatus,
      onDoubt: () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    });
    const impatient = setTimeout(() => hasRead || read(), READ_WITHOUT_SOCKET_MS);
    return () => {
      clearTimeout(impatient);
      live.close();
    };
  }, [client, workspaceId]);
  return status;
}
