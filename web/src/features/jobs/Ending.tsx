/** What is left of a job without a picture: what happened, in plain words. */
import { Torn } from "@/ui";

import type { Job } from "./model";

const ENDINGS: Partial<Record<Job["status"], { title: string; detail: string }>> = {
  expired: { title: "Too late", detail: "It did not finish before its deadline. Nothing was charged." },
  failed: { title: "It failed", detail: "Nothing was charged." },
};

/** A failure is film that tore. What was stopped on purpose needs no more than a line. */
export function Ending({ job }: { job: Job }) {
  if (job.status === "canceled") return <p className="text-ink3 sm:pt-[17px]">Canceled. Nothing was charged.</p>;
  const { title, detail } = job.error ?? ENDINGS[job.status] ?? { title: job.status, detail: "" };
  return (
    <div className="mt-[15px]">
      <Torn title={title}>{detail}</Torn>
    </div>
  );
}
