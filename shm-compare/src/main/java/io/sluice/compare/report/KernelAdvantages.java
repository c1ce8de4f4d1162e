package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The case for the kernel: CPU time, and everything in which the blocking pipe was the better one.
 */
final class KernelAdvantages {
    private final ReportModel model;

    KernelAdvantages(ReportModel model) {
        this.model = model;
    }

    /**
     * Returns what the CPU time was, if it was measured, and where the kernel is the better choice.
     */
    List<String> paragraphs() {
        List<String> paragraphs = new ArrayList<>();
        StringBuilder used = new StringBuilder();
        for (Pattern pattern : List.of(Pattern.RTT, Pattern.STREAM)) {
            cpu(pattern).ifPresent(used::append);
        }
        if (!used.isEmpty()) {
            paragraphs.add(used.toString().strip());
        }
        List<String> better = better();
        String here =
                better.isEmpty()
                        ? ""
                        : "The kernel was the better one here: " + String.join("; ", better) + ". ";
        paragraphs.add(
                here
                        + "Where the kernel is better whatever the numbers say: an end that sleeps"
                        + " in it uses no CPU while there is nothing to do, and an end that spins"
                        + " uses a whole CPU, message or no message. If messages are rare or CPUs"
                        + " are few, a blocking pipe is the sensible choice.");
        return paragraphs;
    }

    private Optional<String> cpu(Pattern pattern) {
        int size = model.headline().map(a -> a.size()).orElse(64);
        Optional<Row> pipe = model.row("pipe", Factors.BLOCK, pattern, size);
        Optional<Row> shared = model.row("sluice", Factors.SPIN, pattern, size);
        if (pipe.isEmpty() || shared.isEmpty() || !pipe.get().summary().cpuNs().isKnown()) {
            return Optional.empty();
        }
        String what = pattern.words();
        return Optional.of(
                what.substring(0, 1).toUpperCase(Locale.ROOT)
                        + what.substring(1)
                        + " a message of "
                        + Units.bytes(size)
                        + " costs "
                        + Units.value(pipe.get().summary().cpuNs(), Units::time)
                        + " of CPU through the pipe (both ends together, "
                        + Units.value(pipe.get().summary().cpusBusy(), Units::hundredths)
                        + " CPUs busy) and "
                        + Units.value(shared.get().summary().cpuNs(), Units::time)
                        + " through shared memory ("
                        + Units.value(shared.get().summary().cpusBusy(), Units::hundredths)
                        + " CPUs busy). ");
    }

    /**
     * Comparisons in which the interval shows that the blocking pipe is better, each as half a
     * sentence.
     */
    List<String> better() {
        List<String> better = new ArrayList<>();
        for (Pattern pattern : List.of(Pattern.RTT, Pattern.STREAM)) {
            for (int size : model.sizes(pattern)) {
                Optional<Row> pipe = model.row("pipe", Factors.BLOCK, pattern, size);
                Optional<Row> shared = model.row("sluice", Factors.SPIN, pattern, size);
                if (pipe.isPresent() && shared.isPresent()) {
                    compare(
                            better,
                            pattern,
                            size,
                            pipe.get().measurement(),
                            shared.get().measurement());
                }
            }
        }
        return better;
    }

    private void compare(
            List<String> better, Pattern pattern, int size, Measurement pipe, Measurement shared) {
        String where = ", " + pattern.words() + " of " + Units.bytes(size);
        Estimate cpu =
                model.bootstrap.ratio(Samples.cpuPerMessage(shared), Samples.cpuPerMessage(pipe));
        if (cpu.above(1 + Verdict.NOISE)) {
            better.add(
                    "shared memory used "
                            + Units.times(cpu.value())
                            + " times the CPU of the pipe"
                            + where);
        }
        Estimate rate =
                model.bootstrap.ratio(
                        Samples.messagesPerSecond(pipe), Samples.messagesPerSecond(shared));
        if (rate.above(1 + Verdict.NOISE)) {
            better.add(
                    "the pipe passed "
                            + Units.times(rate.value())
                            + " times as many messages a second"
                            + where);
        }
    }
}
