/** Credits: what is left, what is set aside. */
export { loadBalance, moveCredits, setAvailable, useBalance } from "./balance";
export { Credits, CreditsLine } from "./Credits";
