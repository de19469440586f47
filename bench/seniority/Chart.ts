/** A chart of bars by a logarithmic scale, as SVG. */
export interface Bar {
  readonly name: string
  readonly value: number
  /** What stands at its end. */
  readonly text: string
  readonly isOurs: boolean
}

const [left, width, row] = [300, 760, 30]

export const svg = (title: string, bars: ReadonlyArray<Bar>): string => {
  const height = 50 + bars.length * row
  const [least, most] = [Math.min(...bars.map(({ value }) => value)) / 2, Math.max(...bars.map(({ value }) => value))]
  const length = (value: number) =>
    Math.round((Math.log(value / least) / Math.log(most / least)) * (width - left - 120))
  const lines = bars.map(({ isOurs, name, text, value }, index) => {
    const y = 44 + index * row
    return [
      `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${escape(name)}</text>`,
      `<rect x="${left}" y="${y}" width="${length(value)}" height="20" rx="3" fill="${isOurs ? "#2f6fde" : "#9aa5b1"}"/>`,
      `<text x="${left + length(value) + 8}" y="${y + 14}">${escape(text)}</text>`
    ].join("\n  ")
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">
  <title>${escape(title)}</title>
  <rect width="${width}" height="${height}" fill="#ffffff"/>
  <g fill="#1f2933">
  <text x="12" y="24" font-size="15" font-weight="600">${escape(title)}</text>
  ${lines.join("\n  ")}
  </g>
</svg>
`
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
