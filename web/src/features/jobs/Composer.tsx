/** The prompt bar: words, shape, how many, and a button that says its price. */
import { type KeyboardEvent, useLayoutEffect, useRef } from "react";

import { type DrawingModel, useModels } from "@/features/catalog";
import { useBalance } from "@/features/ledger";
import { formatCredits } from "@/lib/format";
import { newKey } from "@/lib/key";
import { sentence } from "@/sdk";
import { Button, Choice } from "@/ui";

import { type Ordering, useRefusal, useSubmit } from "./api";
import { COUNTS, type Draft, useDraft } from "./draft";
import { ModelPicker, TechniquePicker } from "./Pickers";
import { modelOf, orderOf, priceOf, ratioChoice, techniqueChoice } from "./order";
import { RatioGlyph } from "./RatioGlyph";

export function Composer() {
  const draft = useDraft();
  const models = useModels();
  const submit = useSubmit();
  const refusal = useRefusal();
  const wrong = refusal ?? models.error;
  const model = modelOf(draft, models.data ?? []);
  const order = () => model && draft.prompt.trim() !== "" && submit.mutate(wish(draft, model));

  return (
    <form
      aria-label="New pictures"
      onSubmit={(event) => {
        event.preventDefault();
        order();
      }}
      className="rounded-composer border border-line2 bg-raise p-3 shadow-float"
    >
      <PromptField value={draft.prompt} longest={model?.longestPrompt} onChange={(prompt) => draft.set({ prompt })} onSend={order} />
      {wrong !== null && (
        <p role="alert" className="mx-1.5 mb-2.5 border-l-2 border-grease pl-2.5">
          {sentence(wrong)}
        </p>
      )}
      {model && (
        <div className="flex flex-wrap items-center gap-2">
          <ModelPicker models={models.data ?? []} model={model} onChange={(id) => draft.set({ model: id })} />
          <RatioChoice draft={draft} model={model} />
          <Choice name="How many" options={COUNTS} value={draft.count} onChange={(count) => draft.set({ count })} label={pictures}>
            {(count) => <span className="px-0.5 tabular-nums">×{count}</span>}
          </Choice>
          <TechniquePicker techniques={model.techniques} value={techniqueChoice(draft, model)} onChange={(technique) => draft.set({ technique })} />
          <GenerateButton price={priceOf(model, draft.count)} isEmpty={draft.prompt.trim() === ""} />
        </div>
      )}
    </form>
  );
}

/** One wish, with the key that makes it one job however often it is sent. */
export function wish(draft: Draft, model: DrawingModel): Ordering {
  return { key: newKey(), order: orderOf(draft, model), credits: priceOf(model, draft.count) };
}

function RatioChoice({ draft, model }: { draft: ReturnType<typeof useDraft.getState>; model: DrawingModel }) {
  const ratio = ratioChoice(draft, model);
  if (ratio === undefined) return null;
  return (
    <Choice name="Shape" options={model.ratios} value={ratio} onChange={(chosen) => draft.set({ ratio: chosen })} label={shape}>
      {(option) => <RatioGlyph ratio={option} />}
    </Choice>
  );
}

function GenerateButton({ price, isEmpty }: { price: number; isEmpty: boolean }) {
  const balance = useBalance();
  const short = balance === undefined ? 0 : price - balance.availableCredits;
  return (
    <Button
      look="lamp"
      type="submit"
      disabled={isEmpty || short > 0}
      className="group ml-auto h-10 gap-3 pr-2 pl-4 text-prompt max-sm:grow max-sm:justify-between pointer-coarse:h-[50px]"
    >
      {short > 0 ? "Not enough credits" : "Generate"}
      <kbd className="rounded-small bg-lamp-stamp group-disabled:bg-transparent px-2 py-[7px] font-edge text-[0.65625rem] leading-none">
        {short > 0 ? `${formatCredits(short)} short` : `${formatCredits(price)} CR`}
      </kbd>
    </Button>
  );
}

interface PromptProps {
  value: string;
  longest: number | undefined;
  onChange: (value: string) => void;
  onSend: () => void;
}

/** Grows to eight lines. Enter sends, Shift+Enter breaks the line. */
function PromptField({ value, longest, onChange, onSend }: PromptProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (field.current === null) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  });

  function sendOnEnter(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  }

  return (
    <textarea
      ref={field}
      id="prompt"
      rows={1}
      value={value}
      maxLength={longest}
      aria-label="Prompt"
      placeholder="What should it show?"
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={sendOnEnter}
      className="mb-2 block max-h-[12.5rem] w-full resize-none rounded-small bg-transparent px-1.5 py-1 text-prompt leading-[1.45] text-ink placeholder:text-ink3 focus-visible:outline-none"
    />
  );
}

const pictures = (count: number) => (count === 1 ? "1 picture" : `${count} pictures`);
const shape = (ratio: string) => ratio.replace(":", " by ");
