/** A ratio drawn by its true proportion. */

const AREA_PX2 = 196;
const LONGEST_PX = 20;

export function RatioGlyph({ ratio }: { ratio: string }) {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  const unit = Math.min(Math.sqrt(AREA_PX2 / (across * down)), LONGEST_PX / Math.max(across, down));
  const size = { width: Math.round(across * unit), height: Math.round(down * unit) };
  return <i aria-hidden="true" style={size} className="block rounded-[2px] border-[1.5px] border-current" />;
}
