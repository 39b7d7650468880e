// A chart's numbers as a table, for those who cannot see it or want them exact.
import { useState } from "preact/hooks";

interface Props {
  caption: string;
  head: string[];
  rows: () => string[][];
}

export function ChartData({ caption, head, rows }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart-data" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Numbers<span class="visually-hidden">: {caption}</span>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
        <section class="chart-data-scroll" tabIndex={0} aria-label={caption}>
          <table class="plain">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
              <tr>
                {head.map((text) => (
                  <th key={text} scope="col">
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map((cells, place) => (
                <tr key={place}>
                  {cells.map((text, i) => (
                    <td key={head[i]}>{text}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
