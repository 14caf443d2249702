/** The acts for a picture as buttons: each with its price and its key; some ask something first. */
import { type FormEvent, type RefObject, useRef, useState } from "react";

import { inputOf, priceOf, ratioOf, SettingControl, useModels, type Value, type Values, withValue } from "@/features/catalog";
import { useBalance } from "@/features/ledger";
import { formatCredits } from "@/lib/format";
import { useKeys } from "@/lib/keys";
import { Button, Kbd, Popover, type PopoverHandle } from "@/ui";

import { type Act, actsFor, actWish, isAsking } from "./acts";
import { useSubmit } from "./api";
import { useDraft } from "./draft";
import { ShapeChoice } from "./ShapeChoice";
import type { Shot } from "./shots";

const FACE =
  "flex h-[46px] w-full items-center gap-2 rounded-control border border-line px-2.5 text-left text-ink2 transition-colors duration-100 hover:border-line2 hover:bg-lift hover:text-ink aria-expanded:border-line2 aria-expanded:bg-lift aria-expanded:text-ink disabled:cursor-not-allowed disabled:text-ink3 disabled:hover:bg-transparent";

export function ActButtons({ shot, within }: { shot: Shot; within: "page" | "dialog" }) {
  const models = useModels().data ?? [];
  const count = useDraft((draft) => draft.count);
  const acts = actsFor(models, shot, count);
  if (acts.length === 0) return null;
  return (
    <fieldset className="grid grid-cols-2 gap-1.5">
      <legend className="sr-only">What to do with it</legend>
      {acts.map((act) => (
        <ActButton key={`${act.id} ${shot.output.assetId}`} act={act} shot={shot} within={within} />
      ))}
    </fieldset>
  );
}

function ActButton({ act, shot, within }: { act: Act; shot: Shot; within: "page" | "dialog" }) {
  const submit = useSubmit();
  const balance = useBalance();
  const panel = useRef<PopoverHandle>(null);
  const isShort = balance !== undefined && balance.availableCredits < act.price;
  const isAsked = isAsking(act);
  const run = (said: Values) => submit.mutate(actWish(act, shot, said));
  useKeys(act.key === undefined || isShort ? {} : { [act.key]: () => (isAsked ? panel.current?.open() : run({})) }, within);

  const many = act.count > 1 ? ` ×${act.count}` : "";
  const price = isShort ? "Not enough credits" : `${formatCredits(act.price)} cr${many}`;
  const button = { className: FACE, disabled: isShort, "aria-keyshortcuts": act.key };
  const face = (
    <>
      <span className="grid min-w-0 grow gap-[3px]">
        <span className="truncate leading-tight text-ink">{act.label}</span>
        <span className="edge truncate">{price}</span>
      </span>
      {act.key && <Kbd keys={act.key} className="pointer-coarse:hidden" />}
    </>
  );
  if (!isAsked) {
    return (
      <button type="button" {...button} onClick={() => run({})}>
        {face}
      </button>
    );
  }
  return (
    <div>
      <Popover label={act.label} button={button} face={face} handle={panel as RefObject<PopoverHandle | null>} className="sm:w-[300px]">
        {(close) => (
          <Asking
            act={act}
            onSaid={(said) => {
              run(said);
              close();
            }}
          />
        )}
      </Popover>
    </div>
  );
}

/** What an act has to know: drawn from its operation's schema. */
function Asking({ act, onSaid }: { act: Act; onSaid: (said: Values) => void }) {
  const { form } = act.offer;
  const [values, setValues] = useState<Values>({});
  const [prompt, setPrompt] = useState("");
  const change = (name: string, value: Value | undefined) => setValues((now) => withValue(now, name, value));
  const ratio = ratioOf(form, values);
  const needsPrompt = form.needs.includes("prompt");

  function send(event: FormEvent) {
    event.preventDefault();
    const words = prompt.trim();
    onSaid({
      ...inputOf(form, values),
      ...(act.asksRatio && ratio !== undefined ? { aspectRatio: ratio } : {}),
      ...(words === "" ? {} : { prompt: words }),
    });
  }

  return (
    <form onSubmit={send} className="grid gap-3.5">
      {act.asksRatio && <ShapeChoice form={form} values={values} onChange={change} isWhole />}
      {act.asksPrompt && (
        <input
          type="text"
          aria-label={needsPrompt ? "What to change" : "What happens, in words"}
          placeholder={needsPrompt ? "What to change" : "What happens (or leave it open)"}
          required={needsPrompt}
          maxLength={form.longestPrompt}
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
          className="h-10 w-full rounded-control border border-line2 bg-base px-3 placeholder:text-ink3 pointer-coarse:h-11"
        />
      )}
      {act.asks.map((setting) => (
        <SettingControl key={setting.name} setting={setting} values={values} onChange={change} />
      ))}
      <Button look="lamp" type="submit" className="justify-between pointer-coarse:h-11">
        {act.label}
        <span className="rounded-small bg-lamp-stamp px-2 py-1.5 font-edge text-[0.65625rem] leading-none">{formatCredits(priceOf(act.offer, act.count, values))} CR</span>
      </Button>
    </form>
  );
}
