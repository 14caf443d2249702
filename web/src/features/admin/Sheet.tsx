/** A part of the page: its heading, and a dense table under it whose lesser columns give way on a phone. */
import type { ReactNode } from "react";

interface Column {
  name: string;
  isNumber?: boolean;
  /** Not on a phone. */
  isLess?: boolean;
}

interface Props {
  title: string;
  count?: number;
  columns: readonly Column[];
  /** Said where there are no rows. */
  empty: string;
  rows: readonly { key: string; cells: Readonly<Record<string, ReactNode>> }[];
}

export function Section({ title, count, children, className = "" }: { title: string; count?: number | undefined; children: ReactNode; className?: string }) {
  return (
    <section aria-label={title} className={`min-w-0 ${className}`}>
      <h2 className="display flex items-baseline gap-2 pb-2.5 text-number">
        {title}
        {count !== undefined && count > 0 && <span className="edge">{count}</span>}
      </h2>
      {children}
    </section>
  );
}

export function Sheet({ title, count, columns, empty, rows }: Props) {
  return (
    <Section title={title} count={count}>
      {rows.length === 0 ? (
        <p className="border-t border-line py-2.5 text-ink2">{empty}</p>
      ) : (
        <table className="w-full border-collapse text-left tabular-nums">
          <thead>
            <tr className="h-7 border-t border-line">
              {columns.map((column) => (
                <th key={column.name} scope="col" className={`edge pl-3 first:pl-0 sm:pl-6 ${look(column)}`}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells }) => (
              <tr key={key} className="h-9 border-t border-line hover:bg-raise">
                {columns.map((column) => (
                  <td key={column.name} className={`py-1 pl-3 first:pl-0 sm:pl-6 ${look(column)}`}>
                    {cells[column.name]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function look({ isNumber = false, isLess = false }: Column): string {
  return `${isNumber ? "text-right" : ""} ${isLess ? "max-sm:hidden" : ""}`;
}
