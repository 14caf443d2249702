/** The prompt bar: words, model, shape, how many, every setting, and a button that says its price. */
import { useMemo, useState } from "react";

import { carried, fromWords, type Model, ModelPicker, type Offer, operationWords, priceOf, priceOfEach, useModels } from "@/features/catalog";
import { useKeys } from "@/lib/keys";
import { sentence } from "@/sdk";
import { Choice } from "@/ui";

import { useRefusal, useRoll, useSubmit } from "./api";
import { COUNTS, useDraft } from "./draft";
import { GenerateButton } from "./GenerateButton";
import { countOf, offerOf, wish } from "./order";
import { PromptField } from "./PromptField";
import { SettingsPopover } from "./SettingsPopover";
import { ShapeChoice, swapShape } from "./ShapeChoice";

export function Composer() {
  const draft = useDraft();
  const models = useModels();
  const submit = useSubmit();
  const refusal = useRefusal();
  const wrong = refusal ?? models.error;
  const history = usePrompts();
  const offer = offerOf(draft, models.data ?? []);
  const [dropped, setDropped] = useState<readonly string[]>([]);

  useKeys({ X: () => offer && swapShape(offer.form, draft.values, draft.setValue), "/": focusPrompt });

  function order() {
    if (!offer || draft.prompt.trim() === "") return;
    submit.mutate(wish(draft, offer));
    setDropped([]);
    // Who asks wants to see it: the new strip is at the top.
    scrollTo({ top: 0 });
  }

  function turnTo(next: Offer | undefined) {
    if (!offer || !next) return;
    const { kept, dropped: lost } = carried(draft.values, offer.form, next.form);
    draft.set({ model: next.model, operation: next.operation, values: kept });
    setDropped(lost);
  }

  return (
    <form
      aria-label="New pictures"
      onSubmit={(event) => {
        event.preventDefault();
        order();
      }}
      className="border-line2 bg-raise p-3 shadow-float max-sm:-mx-4 max-sm:rounded-t-composer max-sm:border-t max-sm:px-4 max-sm:pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:rounded-composer sm:border"
    >
      <PromptField value={draft.prompt} longest={offer?.form.longestPrompt} history={history} onChange={(prompt) => draft.set({ prompt })} onSend={order} />
      {wrong !== null && (
        <p role="alert" className="mx-1.5 mb-2.5 border-l-2 border-grease pl-2.5">
          {sentence(wrong)}
        </p>
      )}
      <output className={dropped.length > 0 ? "mx-1.5 mb-2.5 block border-l-2 border-line2 pl-2.5 text-ink2" : "sr-only"}>
        {dropped.length > 0 && `${offer?.modelTitle} does not have ${dropped.join(" and ")} like that: dropped. The rest is kept.`}
      </output>
      {offer && <Controls offer={offer} models={models.data ?? []} onTurn={turnTo} />}
    </form>
  );
}

interface ControlsProps {
  offer: Offer;
  models: readonly Model[];
  onTurn: (offer: Offer | undefined) => void;
}

function Controls({ offer, models, onTurn }: ControlsProps) {
  const draft = useDraft();
  const able = models.filter((model) => fromWords(model).length > 0);
  const model = able.find(({ id }) => id === offer.model);
  const offers = model ? fromWords(model) : [];
  const pick = (id: string) => onTurn(offerOf({ model: id, operation: offer.operation }, models));
  const which = (
    <>
      {model && <ModelPicker models={able} model={model} price={priceOfEach(offer, draft.values)} onPick={pick} />}
      {offers.length > 1 && (
        <Choice
          name="What to make"
          options={offers.map(({ operation }) => operation)}
          value={offer.operation}
          onChange={(operation) => onTurn(offers.find((other) => other.operation === operation))}
          label={(operation) => operationWords(operation).makes}
        >
          {(operation) => <span className="px-1.5 text-small">{operationWords(operation).makes}</span>}
        </Choice>
      )}
    </>
  );
  const count = countOf(draft, offer);
  const howMany = offer.mostOutputs > 1 && (
    <Choice name="How many" options={COUNTS.filter((most) => most <= offer.mostOutputs)} value={count} onChange={(next) => draft.set({ count: next })} label={counted(offer)}>
      {(one) => <span className="px-0.5 tabular-nums">×{one}</span>}
    </Choice>
  );
  return (
    <div className="flex items-center gap-2 sm:flex-wrap">
      <div className="contents max-sm:hidden">
        {which}
        <ShapeChoice form={offer.form} values={draft.values} onChange={draft.setValue} />
        {howMany}
      </div>
      <SettingsPopover
        offer={offer}
        values={draft.values}
        count={count}
        onChange={draft.setValue}
        more={
          <>
            <div className="flex flex-wrap gap-2">{which}</div>
            <div>{howMany}</div>
          </>
        }
      />
      <GenerateButton price={priceOf(offer, count, draft.values)} isEmpty={draft.prompt.trim() === ""} />
    </div>
  );
}

/** What was asked before, the latest first, each once. */
function usePrompts(): readonly string[] {
  const jobs = useRoll().data?.jobs;
  return useMemo(() => [...new Set((jobs ?? []).map((job) => job.input?.prompt ?? "").filter(Boolean))], [jobs]);
}

export function focusPrompt(): void {
  document.getElementById("prompt")?.focus();
}

const counted = (offer: Offer) => (count: number) => {
  const thing = operationWords(offer.operation).makes === "Video" ? "video" : "picture";
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`;
};
