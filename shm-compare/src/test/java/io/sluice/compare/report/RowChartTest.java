package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.export.Metric;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.SyntheticResults;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RowChartTest {
    private static final Pattern TEXT =
            Pattern.compile("<text class=\"(name|detail|number)\" x=\"[\\d.]+\" y=\"([\\d.]+)\">");

    private static List<Series> series(String... mechanisms) {
        SyntheticResults results = new SyntheticResults();
        for (String mechanism : mechanisms) {
            results.rtt(mechanism, Waiting.SPIN, 64, 450);
        }
        return new ReportModel(results.build()).rows().stream().map(Row::series).toList();
    }

    private static RowChart.Mark mark(Series series, String variant, double value) {
        return new RowChart.Mark(series, variant, new Estimate(value, Double.NaN, Double.NaN));
    }

    private static String narrow(List<RowChart.Mark> marks) {
        String both = RowChart.spread("x", "", Metric.MESSAGES_PER_S, marks).draw("a machine");
        return both.substring(both.indexOf("class=\"narrow\""));
    }

    @Test
    void aNumberThatHasNoRoomBesideItsNameStandsBelow() {
        Series series = series("sluice.4m").getFirst().with("1 a call");
        String svg = narrow(List.of(mark(series, "64 B", 14.7e6), mark(series, "1 MiB", 6070)));
        List<String> places =
                TEXT.matcher(svg).results().map(m -> m.group(1) + " " + m.group(2)).toList();
        String detail = places.get(1);
        assertTrue(detail.startsWith("detail "), places.toString());
        assertEquals("number " + detail.substring(7), places.get(2));
    }

    @Test
    void theNumbersAreOfVariantsThatMostRowsHave() {
        List<RowChart.Mark> marks = new ArrayList<>();
        for (Series each : series("sluice", "pipe", "fifo")) {
            marks.add(mark(each, "64 B", 2e6));
            marks.add(mark(each, "4 KiB", 1e6));
        }
        marks.add(mark(series("tcp").getFirst(), "1 MiB", 5e3));
        String svg = narrow(marks);
        assertTrue(svg.contains(">64 B · 4 KiB<"), svg);
        assertTrue(svg.contains(">1 MiB: 5.00\u00a0k/s<"), svg);
    }
}
