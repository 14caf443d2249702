/** A roll with nothing on it yet: blank frames, and three prompts that can be run as they are. */
import { useModels } from "@/features/catalog";
import { BlankStrip, Button } from "@/ui";

import { useSubmit } from "./api";
import { useDraft } from "./draft";
import { offerOf, wish } from "./order";

const EXAMPLES = [
  "A lighthouse at dusk, gulls over the breakwater",
  "Terraced hills in morning fog, muted greens",
  "City roofs under a full moon, two colours",
];

export function BlankRoll() {
  const draft = useDraft();
  const submit = useSubmit();
  const offer = offerOf(draft, useModels().data ?? []);
  return (
    <div className="grid gap-x-3.5 gap-y-5 border-t border-line pt-3.5 sm:grid-cols-[104px_1fr]">
      <b className="display text-number text-ink3 sm:pt-[15px]">0</b>
      <div className="contact min-w-0" style={{ "--frames": 4, "--few": 2, "--ratio": 1 }}>
        <BlankStrip />
        <p className="mt-5 text-prompt text-ink">This roll is empty. Try a prompt:</p>
        <ul className="mt-3 flex flex-wrap gap-2">
          {EXAMPLES.map((prompt) => (
            <li key={prompt}>
              <Button disabled={!offer} onClick={() => offer && submit.mutate(wish({ ...draft, prompt }, offer))} className="h-auto min-h-9 py-1.5 text-left whitespace-normal pointer-coarse:min-h-11">
                {prompt}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
