/** A key as it is printed beside what it does. */

const SIGNS: Record<string, string> = { Shift: "⇧", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

interface Props {
  keys: string;
  className?: string;
  /** A key on a button is decoration: what it does is in the button's name. On a list of keys it is read out. */
  isRead?: boolean;
}

export function Kbd({ keys, className = "", isRead = false }: Props) {
  const signs = keys === "+" ? [keys] : keys.split("+").map((key) => SIGNS[key] ?? key);
  return (
    <kbd className={`edge ${className}`} aria-hidden={!isRead}>
      {signs.join("")}
    </kbd>
  );
}
