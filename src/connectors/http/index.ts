/** JSON APIs: `rest` for people, `openHttp` for the rooms that give generators their `http`. */
export { about } from './about.ts'
export { type HttpPorts, openHttp } from './open.ts'
export { type RestOptions, rest } from './rest.ts'
