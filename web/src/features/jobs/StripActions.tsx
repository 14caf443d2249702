/** What can be done with a whole strip. */
import { newKey } from "@/lib/key";
import { sentence } from "@/sdk";
import { Button } from "@/ui";

import { useCancel, useRetry } from "./api";
import { useDraft } from "./draft";
import { isEnded, type Job } from "./model";

export function StripActions({ job }: { job: Job }) {
  const cancel = useCancel();
  const retry = useRetry();
  const setDraft = useDraft((draft) => draft.set);
  const failed: unknown = cancel.error ?? retry.error;
  if (job.id === null) return null;
  const named = { ...job, id: job.id };
  return (
    <div className="-my-1.5 -mr-2 flex pointer-coarse:-my-3 shrink-0 items-center gap-0.5">
      {failed !== null && (
        <p role="alert" className="text-grease">
          {sentence(failed)}
        </p>
      )}
      {isEnded(job) ? (
        <>
          <Button look="quiet" onClick={() => setDraft({ prompt: job.input?.prompt ?? "" })}>
            Use prompt
          </Button>
          <Button look="quiet" onClick={() => retry.mutate({ key: newKey(), job: named })}>
            {job.status === "succeeded" ? "Run again" : "Retry"}
          </Button>
        </>
      ) : (
        <Button look="quiet" disabled={cancel.isPending} onClick={() => cancel.mutate(named.id)}>
          Cancel
        </Button>
      )}
    </div>
  );
}
