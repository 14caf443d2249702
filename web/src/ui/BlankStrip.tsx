/** A strip before anything is known of it: outlined, numbered frames. It is what waiting and emptiness look like. */

interface Props {
  frames?: number;
  /** It waits for something: the lamp sweeps over it slowly. */
  isWaiting?: boolean;
}

export function BlankStrip({ frames = 4, isWaiting = false }: Props) {
  return (
    <ol aria-hidden="true" className={`contact-row ${isWaiting ? "sweep" : ""}`} style={{ "--frames": frames, "--few": Math.min(frames, 2), "--ratio": 1 }}>
      {Array.from({ length: frames }, (_, at) => (
        <li key={at} className={at >= 2 ? "max-sm:hidden" : ""}>
          <p className="edge px-0.5 pb-[5px]">▸ {at + 1}</p>
          <div className="aspect-square rounded-frame border border-line" />
        </li>
      ))}
    </ol>
  );
}
