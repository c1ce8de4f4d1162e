package io.sluice.compare.export;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.sluice.compare.stats.Estimate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table with a caption and a line of heads. The same model becomes CSV, Markdown, HTML and text
 * for a terminal. The first column names the line. Tables whose lines come from objects of one type
 * are made by {@link Columns}.
 *
 * @param caption what it shows
 * @param heads the names of the columns
 * @param lines a field for each head
 */
public record DataTable(String caption, List<String> heads, List<List<Field>> lines) {
    /**
     * One field.
     *
     * @param text what a reader sees, with the unit
     * @param number the same in base units, for programs; NaN if it is a text
     */
    public record Field(String text, double number) {
        private static Field of(Object value) {
            return value instanceof Field field
                    ? field
                    : new Field(value == null ? Units.DASH : value.toString(), Double.NaN);
        }

        /** Tests whether it has a number for programs. */
        public boolean isNumber() {
            return Double.isFinite(number);
        }

        /** Returns the number with four digits, as the page has it beside the text. */
        public String brief() {
            BigDecimal rounded = BigDecimal.valueOf(number).round(new MathContext(4));
            String scientific = rounded.stripTrailingZeros().toString().replace("E+", "E");
            String plain = rounded.stripTrailingZeros().toPlainString();
            return plain.length() <= scientific.length() ? plain : scientific;
        }

        /** Returns the number with six digits, or the text. */
        public String raw() {
            return isNumber()
                    ? String.format(Locale.ROOT, "%.6g", number)
                    : text.equals(Units.DASH) ? "" : text;
        }
    }

    /** A number of what a line is of. */
    public interface Column<R> {
        /** Returns what it is called. */
        String head();

        /** Returns how it is written. */
        DoubleFunction<String> unit();

        /** Returns it; it may be unknown. */
        Estimate of(R line);
    }

    /** The columns of a table: each has a head and a function of the object that a line is of. */
    public static final class Columns<R> {
        private final List<String> heads = new ArrayList<>();
        private final List<Function<R, ?>> fields = new ArrayList<>();

        /** Adds a column of texts, or of fields; null becomes a dash. */
        public Columns<R> text(String head, Function<R, ?> text) {
            heads.add(head);
            fields.add(text);
            return this;
        }

        /** Adds a column of numbers with a unit; NaN becomes a dash. */
        public Columns<R> number(String head, DoubleFunction<String> unit, Function<R, Double> n) {
            return text(head, row -> field(n.apply(row), unit));
        }

        /** Adds the value of estimates. */
        public Columns<R> value(String head, DoubleFunction<String> unit, Function<R, Estimate> e) {
            return number(head, unit, row -> e.apply(row).value());
        }

        /** Adds the value of estimates and, in a second column, their interval. */
        public Columns<R> interval(
                String head, String name, DoubleFunction<String> unit, Function<R, Estimate> e) {
            return value(head, unit, e).text(name, row -> Units.interval(e.apply(row), unit));
        }

        private static Field field(double number, DoubleFunction<String> unit) {
            return new Field(Double.isFinite(number) ? unit.apply(number) : Units.DASH, number);
        }

        /** Adds numbers under their own heads. */
        @SafeVarargs
        public final Columns<R> values(Column<? super R>... columns) {
            for (Column<? super R> column : columns) {
                value(column.head(), column);
            }
            return this;
        }

        /** Adds a number under another head. */
        public Columns<R> value(String head, Column<? super R> column) {
            return value(head, column.unit(), column::of);
        }

        /** Adds numbers as texts, for readers only. */
        @SafeVarargs
        public final Columns<R> texts(Column<? super R>... columns) {
            for (Column<? super R> column : columns) {
                text(column.head(), row -> Units.value(column.of(row), column.unit()));
            }
            return this;
        }

        /** Adds a number and, in a second column, its interval. */
        public Columns<R> interval(String head, String name, Column<? super R> column) {
            return interval(head, name, column.unit(), column::of);
        }

        /** Returns the table of these lines. */
        public DataTable of(String caption, Collection<? extends R> rows) {
            DataTable table = new DataTable(caption, heads, new ArrayList<>());
            rows.forEach(row -> table.row(fields.stream().map(f -> f.apply(row)).toArray()));
            return table;
        }
    }

    /** Makes one without lines. */
    public DataTable(String caption, String... heads) {
        this(caption, List.of(heads), new ArrayList<>());
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
        lines.add(Stream.of(values).map(Field::of).toList());
        return this;
    }

    /** Tests whether it has no line. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Returns CSV (RFC 4180), numbers in base units. Formulas are made harmless. */
    public String csv() {
        CsvSchema.Builder schema = CsvSchema.builder().setLineSeparator("\r\n").setUseHeader(true);
        heads.forEach(schema::addColumn);
        CsvMapper csv =
                CsvMapper.csvBuilder()
                        .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
                        .build();
        try {
            return csv.writer(schema.build()).writeValueAsString(texts(f -> harmless(f.raw())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<List<String>> texts(Function<Field, String> text) {
        return lines.stream().map(line -> line.stream().map(text).toList()).toList();
    }

    /** Prefixes a formula with an apostrophe: spreadsheets would evaluate it. */
    private static String harmless(String text) {
        boolean formula = !text.isEmpty() && "=+-@\t".indexOf(text.charAt(0)) >= 0;
        return formula && !text.matches("-?[0-9.Ee-]+") ? "'" + text : text;
    }

    /** Returns a table as GitHub's Markdown has it; columns of numbers are at the right. */
    public String markdown() {
        List<String> rule = eachColumn(i -> i > 0 && hasNumbers(i) ? "---:" : "---");
        return Stream.concat(Stream.of(heads, rule), texts(f -> escaped(f.text())).stream())
                .map(fields -> fields.stream().collect(joining(" | ", "| ", " |\n")))
                .collect(joining());
    }

    private boolean hasNumbers(int column) {
        return lines.stream().anyMatch(line -> line.get(column).text().matches("\\d.*"));
    }

    /**
     * Returns a table for a terminal: the caption, if there is one, a sentence a line, the heads
     * and the lines.
     */
    public String text() {
        List<List<String>> all = new ArrayList<>(texts(Field::text));
        all.addFirst(heads);
        List<String> widths =
                eachColumn(
                        i -> {
                            var lengths = all.stream().mapToInt(line -> line.get(i).length());
                            return "%-" + (lengths.max().orElse(0) + 2) + "s";
                        });
        String format = String.join("", widths);
        String above = caption.isEmpty() ? "" : caption.replace(". ", ".\n") + ":\n";
        return all.stream()
                .map(line -> "  " + format.formatted(line.toArray()).stripTrailing() + "\n")
                .collect(joining("", above, ""));
    }

    private <T> List<T> eachColumn(IntFunction<T> function) {
        return IntStream.range(0, heads.size()).mapToObj(function).toList();
    }

    /** Returns a text that Markdown takes for one. */
    static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .replaceAll("[\r\n]+", " ");
    }
}
