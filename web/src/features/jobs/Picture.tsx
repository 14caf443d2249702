/** What a frame shows: a picture that develops when it arrives, or a film that runs without sound. */
import { useState } from "react";

import { wantsMotion } from "@/lib/useMedia";
import type { Output } from "@/sdk";

import { isVideo } from "./shots";

interface Props {
  output: Output;
  alt: string;
  /** When it starts to develop; null when it does not. */
  delayMs: number | null;
  isEager: boolean;
  onLost: () => void;
}

export function Picture({ output, alt, delayMs, isEager, onLost }: Props) {
  const [isThere, setIsThere] = useState(false);
  const motion = delayMs === null ? "" : isThere ? "develop" : "opacity-0";
  const shared = {
    src: output.url,
    width: output.width ?? undefined,
    height: output.height ?? undefined,
    onError: onLost,
    style: delayMs === null ? undefined : { animationDelay: `${delayMs}ms` },
    className: `size-full object-cover ${motion}`,
  };
  if (isVideo(output)) {
    return <video {...shared} aria-label={alt} muted loop playsInline autoPlay={wantsMotion()} preload="auto" onLoadedData={() => setIsThere(true)} />;
  }
  return (
    <img
      {...shared}
      alt={alt}
      loading={isEager ? "eager" : "lazy"}
      fetchPriority={isEager ? "high" : "auto"}
      decoding="async"
      onLoad={() => setIsThere(true)}
    />
  );
}
