/** What was committed under which key is known so long: far longer than anybody asks for it. */
export const effectsKeptDays = 90
