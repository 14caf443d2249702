/** Two frames short of a picture: unexposed film, as decoration. */

const FRAMES = Array.from({ length: 24 }, (_, at) => at + 1);
const LIT = 4;

export function BlankFilm() {
  return (
    <div className="flex justify-center gap-1 *:shrink-0">
      {FRAMES.map((number) => (
        <div key={number} className="w-[104px]">
          <p className={`edge flex justify-between px-0.5 pb-1.5 ${number % 8 === LIT ? "text-lamp" : ""}`}>
            <span>▸ {number}</span>
            <span>{number}A</span>
          </p>
          <div className="relative aspect-[4/5] overflow-hidden rounded-frame border border-line bg-well">
            {number % 8 === LIT && <div className="latent absolute inset-0" />}
          </div>
        </div>
      ))}
    </div>
  );
}
