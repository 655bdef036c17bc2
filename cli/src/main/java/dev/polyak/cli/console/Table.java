package dev.polyak.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of aligned columns. Cells are made twice, once for the widths, so that a long table is never in memory as
 * text.
 */
public final class Table {
    private static final String GAP = "  ";

    private final List<Column> columns = new ArrayList<>();

    /** Makes the cell of a row. */
    @FunctionalInterface
    public interface Cell {
        /**
         * The text of a row's cell.
         *
         * @param row number of the row, from 0
         * @return the text; nothing if empty
         */
        String text(int row);
    }

    private record Column(String title, boolean number, Cell cell) {
        int width(int rows) {
            int width = width(title);
            for (int row = 0; row < rows; row++) {
                width = Math.max(width, width(cell.text(row)));
            }
            return width;
        }

        private static int width(String text) {
            return text.codePointCount(0, text.length());
        }

        String aligned(String text, int width) {
            String padding = " ".repeat(Math.max(0, width - width(text)));
            return number ? padding + text : text + padding;
        }
    }

    /** A table without columns yet. */
    public Table() {}

    /**
     * Adds a column of words.
     *
     * @param title its head
     * @param cell makes its cells
     * @return this table
     */
    public Table words(String title, Cell cell) {
        columns.add(new Column(title, false, cell));
        return this;
    }

    /**
     * Adds a column of numbers, which end below each other.
     *
     * @param title its head
     * @param cell makes its cells
     * @return this table
     */
    public Table numbers(String title, Cell cell) {
        columns.add(new Column(title, true, cell));
        return this;
    }

    /**
     * Prints head and rows.
     *
     * @param out where to
     * @param indent what each line begins with
     * @param rows how many there are
     */
    public void print(PrintWriter out, String indent, int rows) {
        int[] widths = columns.stream().mapToInt(column -> column.width(rows)).toArray();
        String[] line = new String[widths.length];
        for (int row = -1; row < rows; row++) {
            int current = row;
            Arrays.setAll(line, i -> {
                Column column = columns.get(i);
                return column.aligned(
                        current < 0 ? column.title() : column.cell().text(current), widths[i]);
            });
            out.println((indent + String.join(GAP, line)).stripTrailing());
        }
    }
}
