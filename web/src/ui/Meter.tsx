/** Parts of a whole as one thin bar: the lamp's part first, then what is set aside. */

interface Props {
  label: string;
  /** 0 to 1 each; together at most 1. */
  lit: number;
  held: number;
}

export function Meter({ label, lit, held }: Props) {
  return (
    <div className="flex h-[5px] gap-0.5 overflow-hidden rounded-round bg-lift">
      <meter className="sr-only" aria-label={label} value={lit} />
      <i style={{ flexBasis: `${lit * 100}%` }} className="bg-lamp transition-[flex-basis] duration-300 ease-paper" />
      {held > 0 && <i style={{ flexBasis: `max(3px, ${held * 100}%)` }} className="shrink-0 bg-line2" />}
    </div>
  );
}
