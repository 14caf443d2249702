/** Takes from a picture what made it: the words, the settings and the seed, each by itself. */
import type { ReactNode } from "react";

import { offersOf, useModels, type Value } from "@/features/catalog";
import { Button } from "@/ui";

import { focusPrompt } from "./Composer";
import { useDraft } from "./draft";
import { seedOfShot, type Shot } from "./shots";

interface Props {
  shot: Shot;
  onUsed?: () => void;
  /** What goes before them. */
  children?: ReactNode;
}

export function UseButtons({ shot, onUsed, children }: Props) {
  const draft = useDraft();
  const models = useModels().data ?? [];
  const { job } = shot;
  const seed = seedOfShot(shot);
  const prompt = job.input?.prompt;
  const offer = offersOf(models, job.model).find(({ operation, form }) => operation === job.operation && form.takesPrompt && form.pictures.length === 0);
  const used = () => {
    onUsed?.();
    requestAnimationFrame(focusPrompt);
  };

  function useSettings() {
    if (!offer) return;
    const { form } = offer;
    const names = new Set(["aspectRatio", ...form.settings.map(({ name }) => name)]);
    const kept = Object.entries(job.input ?? {}).filter((entry): entry is [string, Value] => names.has(entry[0]) && typeof entry[1] !== "object");
    const changed = kept.filter(([name, value]) => value !== (name === "aspectRatio" ? form.ratio : form.settings.find((one) => one.name === name)?.standard));
    const { seed: locked } = draft.values;
    draft.set({ model: job.model, operation: job.operation, count: Math.min(4, job.count), values: { ...Object.fromEntries(changed), ...(locked === undefined ? {} : { seed: locked }) } });
    used();
  }

  return (
    <fieldset className="-ml-2 flex flex-wrap gap-x-0.5">
      <legend className="sr-only">Use again</legend>
      {children}
      {prompt && (
        <Button
          look="quiet"
          onClick={() => {
            draft.set({ prompt });
            used();
          }}
        >
          Use prompt
        </Button>
      )}
      {offer && (
        <Button look="quiet" onClick={useSettings}>
          Use settings
        </Button>
      )}
      {seed !== null && (
        <Button
          look="quiet"
          onClick={() => {
            draft.setValue("seed", seed);
            used();
          }}
        >
          Use seed
        </Button>
      )}
    </fieldset>
  );
}
