/** Keys that nobody else makes. `crypto.randomUUID` would need https, which a studio on a home network has not. */

const BYTES = 16;

export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
