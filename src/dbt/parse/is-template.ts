/** Whether a text has anything of Jinja in it; what has not stays as it is, its last line end as well. */
export function isTemplate(text: string): boolean {
  return /\{[{%#]|[#}%]\}/.test(text)
}
