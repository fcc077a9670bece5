/** Property of a table that an environment began from its base's: which version that had. */
export const besideProperty = 'sluice.beside'
