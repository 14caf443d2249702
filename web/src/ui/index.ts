/** The parts that every feature is made of. */
export { Button } from "./Button";
export { Choice } from "./Choice";
export { Dialog } from "./Dialog";
export { Field } from "./Field";
export { IconButton } from "./IconButton";
export * from "./icons";
export { Lamp } from "./Lamp";
export { ThemeButton } from "./ThemeButton";
