/** Asks axe what is in the way of people who do not see or do not point. */
import axe from "axe-core";

/** jsdom has no layout, so contrast is judged in a real browser. */
const RULES = { "color-contrast": { enabled: false } };

/** What axe objects to, in words; nothing when all is well. */
export async function barriers(): Promise<string[]> {
  const { violations } = await axe.run(document, { rules: RULES });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
