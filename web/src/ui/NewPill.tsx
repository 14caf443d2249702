/** Something new lies above: says how much, and leads there. */

export function NewPill({ count, onClick }: { count: number; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="rise inline-flex h-9 items-center gap-2 rounded-round bg-lamp px-4 font-strong text-lamp-ink shadow-float hover:bg-lamp-deep pointer-coarse:h-11"
    >
      <span aria-hidden="true">↑</span> {count} new
    </button>
  );
}
