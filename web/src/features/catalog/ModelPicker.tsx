/** Which model: a chip in the prompt bar that opens the list of all that make something from words. */
import { formatCredits } from "@/lib/format";
import { CHIP, Picker, type PickerOption, Popover } from "@/ui";

import { fromWords, type Model, priceOfEach } from "./models";
import { operationWords } from "./operations";

interface Props {
  models: readonly Model[];
  model: Model;
  price: number;
  onPick: (id: string) => void;
}

export function ModelPicker({ models, model, price, onPick }: Props) {
  const each = <small className="text-small text-ink3">{formatCredits(price)} cr each</small>;
  if (models.length < 2) {
    return (
      <span className={`${CHIP} hover:text-ink`}>
        {model.title} {each}
      </span>
    );
  }
  return (
    <Popover
      label="Choose a model"
      button={{ className: CHIP }}
      face={
        <>
          <span className="sr-only">Model: </span>
          {model.title} {each}
        </>
      }
    >
      {(close) => (
        <Picker
          label="Model"
          options={models.map(option)}
          value={model.id}
          onPick={(id) => {
            onPick(id);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function option(model: Model): PickerOption {
  const offers = fromWords(model);
  const makes = [...new Set(offers.map(({ operation }) => operationWords(operation).makes))].join(" and ");
  const least = Math.min(...offers.map((offer) => priceOfEach(offer)));
  return { id: model.id, title: model.title, group: makes, detail: `${formatCredits(least)} cr`, words: `${model.provider} ${model.description}` };
}
