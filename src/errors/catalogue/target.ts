export const target = {}
