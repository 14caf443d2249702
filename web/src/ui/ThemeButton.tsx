/** Goes round the themes: system, light, dark. */
import { IconButton } from "./IconButton";
import { DarkIcon, LightIcon, SystemIcon } from "./icons";
import { type Theme, THEMES, useTheme } from "./theme";

const ICONS = { system: SystemIcon, light: LightIcon, dark: DarkIcon } satisfies Record<Theme, unknown>;

export function ThemeButton() {
  const [theme, setTheme] = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  return (
    <IconButton name={`Theme: ${theme}. Switch to ${next}`} onClick={() => setTheme(next)}>
      <Icon />
    </IconButton>
  );
}
