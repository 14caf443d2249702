/** What can be done with a whole strip. They show when the pointer or the focus is there; what is urgent always does. */
import { newKey } from "@/lib/key";
import { sentence } from "@/sdk";
import { Button } from "@/ui";

import { useCancel, useRetry } from "./api";
import { focusPrompt } from "./Composer";
import { useDraft } from "./draft";
import { isEnded, type Job } from "./model";

export function StripActions({ job }: { job: Job }) {
  const cancel = useCancel();
  const retry = useRetry();
  const setDraft = useDraft((draft) => draft.set);
  const failed: unknown = cancel.error ?? retry.error;
  if (job.id === null) return null;
  const named = { ...job, id: job.id };
  const prompt = job.input?.prompt;
  const isQuiet = job.status === "succeeded" && failed === null;
  return (
    <div
      className={`-my-1.5 -mr-2 flex shrink-0 items-center gap-0.5 transition-opacity duration-100 pointer-coarse:-my-3 ${isQuiet ? "pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100" : ""}`}
    >
      {failed !== null && (
        <p role="alert" className="text-grease">
          {sentence(failed)}
        </p>
      )}
      {isEnded(job) ? (
        <>
          {prompt && (
            <Button
              look="quiet"
              onClick={() => {
                setDraft({ prompt });
                focusPrompt();
              }}
            >
              {job.status === "succeeded" ? "Use prompt" : "Edit prompt"}
            </Button>
          )}
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
