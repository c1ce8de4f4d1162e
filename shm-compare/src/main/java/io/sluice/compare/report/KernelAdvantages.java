package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPUS_BUSY;
import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Units.bytes;

import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The case for the kernel: CPU time, and everything in which the blocking pipe was the better one.
 */
record KernelAdvantages(ReportModel model) {
    private static final List<Pattern> PATTERNS = List.of(Pattern.RTT, Pattern.STREAM);

    /**
     * Returns what the CPU time was, if it was measured, and where the kernel is the better choice.
     */
    List<String> paragraphs() {
        String better =
                PATTERNS.stream()
                        .flatMap(p -> model.sizes(p).stream().flatMap(size -> better(p, size)))
                        .collect(Collectors.joining("; "));
        return List.of(
                Text.join(PATTERNS.stream().map(this::cpu).toArray(String[]::new)),
                Text.join(
                        Text.when(!better.isEmpty(), "better.here", better),
                        Text.of("better.always")));
    }

    private String cpu(Pattern pattern) {
        int size = model.headline().map(Attribution::size).orElse(64);
        return model.pair("pipe", pattern, size).map(pair -> cpu(pattern, size, pair)).orElse("");
    }

    private static String cpu(Pattern pattern, int size, ReportModel.RowPair pair) {
        Row pipe = pair.kernel();
        Row shared = pair.shared();
        return Text.when(
                pipe.get(CPU_NS_PER_MESSAGE).isKnown(),
                "better.cpu",
                Text.capital(pattern.words()),
                bytes(size),
                pipe.text(CPU_NS_PER_MESSAGE),
                pipe.text(CPUS_BUSY),
                shared.text(CPU_NS_PER_MESSAGE),
                shared.text(CPUS_BUSY));
    }

    /** Returns the comparisons in which the interval shows that the blocking pipe is better. */
    private Stream<String> better(Pattern pattern, int size) {
        String where = ", " + pattern.words() + " of " + bytes(size);
        return model.pair("pipe", pattern, size).stream()
                .flatMap(pair -> better(pair.kernel(), pair.shared()))
                .filter(said -> !said.isEmpty())
                .map(said -> said + where);
    }

    private Stream<String> better(Row pipe, Row shared) {
        return Stream.of(
                better("cpu", shared, pipe, CPU_NS_PER_MESSAGE),
                better("rate", pipe, shared, MESSAGES_PER_S));
    }

    private String better(String key, Row more, Row less, Metric number) {
        Estimate ratio = model.ratio(more, less, number);
        boolean shown = ratio.above(1 + Verdict.NOISE);
        return Text.when(shown, "better.in." + key, Units.times(ratio.value()));
    }
}
