/** Which picture is open, as the address says: a link to it opens it, and going back closes it. */
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { changing } from "@/lib/transition";

import type { Job } from "./model";
import { goTo } from "./selection";

/** What the address may say of the studio: `?job=job_…&frame=2`. Frames are counted from 1, as on the film. */
export interface StudioSearch {
  job?: string;
  frame?: number;
}

/** Reads the address; what makes no sense is as if it were not there. */
export function studioSearch(search: Record<string, unknown>): StudioSearch {
  const { job, frame } = search;
  if (typeof job !== "string" || job === "") return {};
  const place = Number(frame);
  return { job, frame: Number.isInteger(place) && place >= 1 ? place : 1 };
}

/** Set when this page opened the viewer itself: then going back is what closes it. */
let isOurs = false;

export function useViewer() {
  const { job, frame = 1 } = useSearch({ strict: false }) as StudioSearch;
  const navigate = useNavigate();
  const router = useRouter();

  const open = useCallback(
    (shown: Job, at: number) => {
      if (shown.id === null) return;
      const search: StudioSearch = { job: shown.id, frame: at + 1 };
      goTo({ job: shown, at });
      isOurs = true;
      changing(router, () => void navigate({ to: "/", search }));
    },
    [navigate, router],
  );

  const move = useCallback(
    (shown: Job, at: number) => {
      const search: StudioSearch = { job: shown.id ?? "", frame: at + 1 };
      goTo({ job: shown, at });
      void navigate({ to: "/", search, replace: true });
    },
    [navigate],
  );

  const close = useCallback(() => {
    changing(router, () => {
      if (isOurs) router.history.back();
      else void navigate({ to: "/", search: {}, replace: true });
      isOurs = false;
    });
  }, [navigate, router]);

  return { id: job, at: frame - 1, open, move, close };
}
