/** A list to pick from, with a field to search it when it is long: groups, and a line of small print for each option. */
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

/** More options than this are searched. */
const SEARCHED_ABOVE = 6;

export interface PickerOption {
  id: string;
  title: string;
  group: string;
  detail: ReactNode;
  /** More words by which it is found. */
  words?: string;
}

interface Props {
  label: string;
  options: readonly PickerOption[];
  value: string;
  onPick: (id: string) => void;
}

export function Picker({ label, options, value, onPick }: Props) {
  const list = useId();
  const [sought, setSought] = useState("");
  const found = options.filter((option) => matches(option, sought));
  const [at, setAt] = useState(() => Math.max(0, options.findIndex(({ id }) => id === value)));
  const active = found[Math.min(at, found.length - 1)];

  function move(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((found.length + Math.min(at, found.length - 1) + step) % Math.max(1, found.length));
    }
    if (event.key === "Enter" && active) {
      event.preventDefault();
      onPick(active.id);
    }
  }

  const isSearched = options.length > SEARCHED_ABOVE;
  const focus = {
    "aria-label": label,
    "aria-activedescendant": active ? `${list}-${active.id}` : undefined,
    onKeyDown: move,
    "data-first": true,
  };
  return (
    <div className="grid gap-2">
      {isSearched && (
        <input
          {...focus}
          role="combobox"
          aria-controls={list}
          aria-expanded="true"
          placeholder="Search models"
          value={sought}
          onChange={(event) => {
            setSought(event.target.value);
            setAt(0);
          }}
          className="h-9 w-full rounded-control border border-line2 bg-base px-3 placeholder:text-ink3 pointer-coarse:h-11"
        />
      )}
      <div
        id={list}
        role="listbox"
        aria-label={label}
        {...(isSearched ? {} : { ...focus, tabIndex: 0 })}
        className="-mx-1.5 max-h-[min(46vh,360px)] overflow-y-auto rounded-control focus-visible:outline-none"
      >
        {grouped(found).map(([group, members]) => (
          <div key={group} role="group" aria-label={group}>
            <p aria-hidden="true" className="edge px-2 pt-2 pb-1.5">
              {group}
            </p>
            {members.map((option) => (
              // The keys are heard by the list or the field, which says which option is meant.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={option.id}
                id={`${list}-${option.id}`}
                role="option"
                aria-selected={option.id === value}
                onClick={() => onPick(option.id)}
                className={`flex min-h-9 cursor-pointer items-center gap-3 rounded-small px-2 py-1.5 hover:bg-lift pointer-coarse:min-h-11 ${option === active ? "bg-lift" : ""} ${option.id === value ? "text-lamp" : ""}`}
              >
                <span className="min-w-0 grow truncate">{option.title}</span>
                <span className="edge shrink-0">{option.detail}</span>
              </div>
            ))}
          </div>
        ))}
        {found.length === 0 && <p className="px-2 py-3 text-ink2">No model has these words: “{sought}”.</p>}
      </div>
    </div>
  );
}

function matches({ title, group, words = "" }: PickerOption, sought: string): boolean {
  const text = `${title} ${group} ${words}`.toLowerCase();
  return sought.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function grouped(options: readonly PickerOption[]): [string, PickerOption[]][] {
  const groups = new Map<string, PickerOption[]>();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return [...groups];
}
