/** What a description came to: the words, to copy or to draw from again. */
import { Button, CopyButton } from "@/ui";

import { focusPrompt } from "./Composer";
import { useDraft } from "./draft";

export function Description({ text }: { text: string }) {
  const setDraft = useDraft((draft) => draft.set);
  return (
    <div className="mt-[15px] max-w-[640px] rounded-frame bg-well p-4">
      <p className="text-prompt whitespace-pre-line text-ink wrap-anywhere">{text}</p>
      <div className="mt-2 -ml-2 flex gap-1">
        <CopyButton text={text} name="Copy the description" />
        <Button
          look="quiet"
          onClick={() => {
            setDraft({ prompt: text });
            focusPrompt();
          }}
        >
          Use as prompt
        </Button>
      </div>
    </div>
  );
}
