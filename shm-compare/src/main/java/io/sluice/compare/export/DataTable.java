package io.sluice.compare.export;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.sluice.compare.stats.Estimate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table with a caption and a line of heads. The same model becomes CSV, Markdown and HTML. The
 * first column names the line.
 */
public final class DataTable {
    /** What stands for a number that is not known; empty in CSV. */
    public static final String DASH = "–";

    private final String caption;
    private final List<String> heads;
    private final List<List<Field>> lines = new ArrayList<>();

    /**
     * One field.
     *
     * @param text what a reader sees, with the unit
     * @param number the same in base units, for programs; NaN if it is a text
     */
    public record Field(String text, double number) {
        /** Returns the number with four digits, as the page has it beside the text. */
        public String brief() {
            return java.math.BigDecimal.valueOf(number)
                    .round(new java.math.MathContext(4))
                    .stripTrailingZeros()
                    .toString();
        }

        /** Returns the number with six digits, or the text. */
        public String raw() {
            return Double.isFinite(number)
                    ? String.format(Locale.ROOT, "%.6g", number)
                    : text.equals(DASH) ? "" : text;
        }
    }

    /** A column of a table whose lines come from objects of one type. */
    public static final class Columns<R> {
        private final List<String> heads = new ArrayList<>();
        private final List<Function<R, Field>> columns = new ArrayList<>();

        /** Adds a column of texts; null becomes a dash. */
        public Columns<R> text(String head, Function<R, ?> text) {
            heads.add(head);
            columns.add(line -> field(text.apply(line)));
            return this;
        }

        /** Adds a column of numbers with a unit; NaN becomes a dash. */
        public Columns<R> number(String head, DoubleFunction<String> unit, Function<R, Double> n) {
            return text(head, line -> new Field(unit.apply(n.apply(line)), n.apply(line)));
        }

        /** Adds the value of estimates. */
        public Columns<R> value(String head, DoubleFunction<String> unit, Function<R, Estimate> e) {
            return number(head, unit, line -> e.apply(line).value());
        }

        /** Adds the value of estimates and, in a second column, their interval. */
        public Columns<R> interval(
                String head, String name, DoubleFunction<String> unit, Function<R, Estimate> e) {
            return value(head, unit, e)
                    .text(
                            name,
                            line -> {
                                Estimate it = e.apply(line);
                                return it.hasInterval()
                                        ? unit.apply(it.lo()) + " to " + unit.apply(it.hi())
                                        : DASH;
                            });
        }

        /** Returns the table of these lines. */
        public DataTable of(String caption, Collection<? extends R> rows) {
            DataTable table = new DataTable(caption, heads.toArray(String[]::new));
            rows.forEach(
                    row -> table.row(columns.stream().map(column -> column.apply(row)).toArray()));
            return table;
        }
    }

    /** Makes one without lines. */
    public DataTable(String caption, String... heads) {
        this.caption = caption;
        this.heads = List.of(heads);
    }

    private static Field field(Object value) {
        return value instanceof Field
                ? (Field) value
                : new Field(value == null ? DASH : value.toString(), Double.NaN);
    }

    /**
     * Adds a line.
     *
     * @param values a {@link Field}, or a text, or null for a dash, for each head
     * @throws IllegalArgumentException if there are more or fewer than heads
     */
    public DataTable row(Object... values) {
        if (values.length != heads.size()) {
            throw new IllegalArgumentException(
                    "fields=" + values.length + ", but heads=" + heads.size() + " in " + caption);
        }
        lines.add(Stream.of(values).map(DataTable::field).toList());
        return this;
    }

    /** Returns what it shows. */
    public String caption() {
        return caption;
    }

    /** Returns the names of the columns. */
    public List<String> heads() {
        return heads;
    }

    /** Returns the lines. */
    public List<List<Field>> lines() {
        return lines;
    }

    /** Tests whether it has no line. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Returns CSV (RFC 4180), numbers in base units. Formulas are made harmless. */
    public String csv() {
        CsvFactory csv =
                CsvFactory.builder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build();
        CsvSchema.Builder schema = CsvSchema.builder().setLineSeparator("\r\n").setUseHeader(true);
        heads.forEach(schema::addColumn);
        StringWriter out = new StringWriter();
        try (CsvGenerator generator = csv.createGenerator(out)) {
            generator.setSchema(schema.build());
            for (List<Field> line : lines) {
                write(generator, line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private void write(JsonGenerator generator, List<Field> line) throws IOException {
        generator.writeStartObject();
        for (int i = 0; i < line.size(); i++) {
            generator.writeStringField(heads.get(i), harmless(line.get(i).raw()));
        }
        generator.writeEndObject();
    }

    /** Prefixes a formula with an apostrophe: spreadsheets would evaluate it. */
    private static String harmless(String text) {
        boolean formula = !text.isEmpty() && "=+-@\t".indexOf(text.charAt(0)) >= 0;
        return formula && !text.matches("-?[0-9.Ee-]+") ? "'" + text : text;
    }

    /** Returns a table as GitHub's Markdown has it; columns of numbers are at the right. */
    public String markdown() {
        List<String> rule = new ArrayList<>();
        for (int i = 0; i < heads.size(); i++) {
            int column = i;
            boolean numbers =
                    column > 0
                            && lines.stream()
                                    .anyMatch(line -> line.get(column).text().matches("\\d.*"));
            rule.add(numbers ? "---:" : "---");
        }
        return Stream.concat(
                        Stream.of(heads, rule),
                        lines.stream()
                                .map(line -> line.stream().map(f -> escaped(f.text())).toList()))
                .map(fields -> fields.stream().collect(Collectors.joining(" | ", "| ", " |\n")))
                .collect(Collectors.joining());
    }

    /** Returns a table for a terminal: the caption, if there is one, the heads and the lines. */
    public String text() {
        List<List<String>> all = new ArrayList<>();
        all.add(heads);
        lines.forEach(line -> all.add(line.stream().map(Field::text).toList()));
        StringBuilder text = new StringBuilder(caption.isEmpty() ? "" : caption + ":\n");
        for (List<String> line : all) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                int column = i;
                int width = all.stream().mapToInt(l -> l.get(column).length()).max().orElse(0);
                row.append(line.get(i)).append(" ".repeat(width + 2 - line.get(i).length()));
            }
            text.append("  ").append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** Returns a text that Markdown takes for one. */
    static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .replaceAll("[\r\n]+", " ");
    }
}
