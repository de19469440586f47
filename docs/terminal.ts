/**
 * Draws a captured terminal as SVG: how the picture in the README is made.
 *
 *     tmux capture-pane -e -p | node docs/terminal.ts > docs/terminal.svg
 */
import { readFileSync } from "node:fs"
import { stripVTControlCharacters } from "node:util"

const [cell, line, padding] = [8.4, 19, 18]
const colors: Readonly<Record<string, string>> = {
  31: "#f47067",
  32: "#57ab5a",
  33: "#daaa3f",
  34: "#539bf5",
  36: "#39c5cf"
}

interface Style {
  readonly color: string | undefined
  readonly bold: boolean
  readonly dim: boolean
}

const plain: Style = { color: undefined, bold: false, dim: false }

const styled = (style: Style, codes: string): Style => {
  let next = style
  for (const code of codes === "" ? ["0"] : codes.split(";")) {
    if (code === "0") next = plain
    else if (code === "1") next = { ...next, bold: true }
    else if (code === "2") next = { ...next, dim: true }
    else if (code === "22") next = { ...next, bold: false, dim: false }
    else if (code === "39") next = { ...next, color: undefined }
    else if (colors[code] !== undefined) next = { ...next, color: colors[code] }
  }
  return next
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The stretches of a row, each with the codes of style that stand before it. */
const parts = (row: string): ReadonlyArray<readonly [text: string, codes: string | undefined]> => {
  const [first, ...styled] = row.split("\x1b[")
  return [
    [first!, undefined],
    ...styled.map((part) => [part.slice(part.indexOf("m") + 1), part.slice(0, part.indexOf("m"))] as const)
  ]
}

const rows = readFileSync(0, "utf8").trimEnd().split("\n")
const width = Math.max(...rows.map((row) => stripVTControlCharacters(row).length))
let style = plain
const texts = rows.map((row, index) => {
  const spans: Array<string> = []
  let column = 0
  for (const [part, codes] of parts(row)) {
    if (codes !== undefined) style = styled(style, codes)
    const fill = style.color ?? (style.dim ? "#768390" : "#adbac7")
    const weight = style.bold ? ' font-weight="bold"' : ""
    if (part.trim() !== "") {
      const x = (padding + column * cell).toFixed(1)
      spans.push(`<tspan x="${x}" fill="${fill}"${weight}>${escaped(part)}</tspan>`)
    }
    column += part.length
  }
  return `<text y="${padding + 14 + index * line}" xml:space="preserve">${spans.join("")}</text>`
})
const [w, h] = [Math.ceil(width * cell + 2 * padding), rows.length * line + 2 * padding]
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">
<title>npm start in a terminal</title>
<rect width="100%" height="100%" rx="8" fill="#22272e"/>
${texts.join("\n")}
</svg>`)
