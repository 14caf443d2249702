/** The page's own line drawings, all on one grid with one stroke. */
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className="size-[19px] fill-none stroke-current stroke-[1.5]"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export const CreateIcon = () => (
  <Icon>
    <path d="M4 20 15 9M13 4l1 3 3 1-3 1-1 3-1-3-3-1 3-1zM20 13l.7 2.3L23 16l-2.3.7L20 19l-.7-2.3L17 16l2.3-.7z" />
  </Icon>
);
export const QueueIcon = () => (
  <Icon>
    <path d="M4 6h16M4 12h11M4 18h6M19 15v5m-2.5-2.5h5" />
  </Icon>
);
export const DocsIcon = () => (
  <Icon>
    <path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14" />
  </Icon>
);
export const SystemIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" className="fill-current" />
  </Icon>
);
export const LightIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
  </Icon>
);
export const DarkIcon = () => (
  <Icon>
    <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />
  </Icon>
);
export const SignOutIcon = () => (
  <Icon>
    <path d="M14 4H5v16h9M10 12h11m-4-4 4 4-4 4" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 14 14M19 5 5 19" />
  </Icon>
);
export const PreviousIcon = () => (
  <Icon>
    <path d="m15 4-8 8 8 8" />
  </Icon>
);
export const NextIcon = () => (
  <Icon>
    <path d="m9 4 8 8-8 8" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v11m-5-4.5 5 5 5-5M4 20h16" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9m4 0h3M4 17h3m4 0h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);
export const LockIcon = () => (
  <Icon>
    <path d="M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3" />
  </Icon>
);
export const UnlockIcon = () => (
  <Icon>
    <path d="M6 11h12v9H6zM9 11V7a3 3 0 0 1 5.8-1" />
  </Icon>
);
export const SwapIcon = () => (
  <Icon>
    <path d="M4 8h14m-4-4 4 4-4 4M20 16H6m4-4-4 4 4 4" />
  </Icon>
);
export const KeysIcon = () => (
  <Icon>
    <path d="M3 6.5h18v11H3zM7 10h.01M10.5 10h.01M14 10h.01M17.5 10h.01M8 14h8" />
  </Icon>
);
