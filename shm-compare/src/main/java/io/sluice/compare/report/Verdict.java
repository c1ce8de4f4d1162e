package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Cells;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.TwoFloors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The answer in plain sentences, made by rules from the numbers. A share is stated only if its
 * interval keeps clear of zero, a comparison only if its interval keeps clear of {@link #NOISE};
 * what was not measured is said to be so.
 */
final class Verdict {
    /** Ratios this close to 1 count as no difference. */
    static final double NOISE = 0.03;

    /** Stands above the warnings. */
    static final String WARNED = "Read these numbers with the warnings that fired:";

    private final Measured measured;
    private final Optional<Attribution> attribution;

    Verdict(Measured measured) {
        this.measured = measured;
        attribution = measured.headline();
    }

    /** One sentence. */
    String headline() {
        if (attribution.isEmpty()) {
            return "No round trips were measured in this run.";
        }
        Attribution a = attribution.get();
        Estimate block = a.roundTripNs(a.block());
        Estimate shared = a.roundTripNs(a.shared());
        if (complete(a)) {
            return "Of the "
                    + Units.value(block, Units::time)
                    + " that a message and its answer take through a blocking "
                    + a.kernel()
                    + ", "
                    + Units.percent(a.waitingShare().value())
                    + " is waiting to be woken, "
                    + Units.percent(a.kernelShare().value())
                    + " is the kernel’s path, and "
                    + Units.percent(a.sharedShare().value())
                    + " is left when memory is shared.";
        }
        if (block.known() && shared.known()) {
            return "A message and its answer take "
                    + Units.value(block, Units::time)
                    + " through a blocking "
                    + a.kernel()
                    + " and "
                    + Units.value(shared, Units::time)
                    + " through shared memory; how much of the difference is sleeping cannot be said from this run.";
        }
        return "This run does not have the cells that show what the kernel costs.";
    }

    /** What fired, one entry a rule: the numbers are read with them. */
    List<String> warnings() {
        return new Warnings(measured).list();
    }

    /** The paragraphs under the headline. */
    List<String> paragraphs() {
        List<String> paragraphs = new ArrayList<>();
        if (measured.hasRed()) {
            paragraphs.add(
                    "Do not quote these numbers: a check of the machine failed, see the red badges below.");
        }
        TwoFloors.of(measured.results).stream().map(Verdict::moved).forEach(paragraphs::add);
        attribution.ifPresent(a -> paragraphs.add(roundTrips(a)));
        attribution.map(this::shares).filter(text -> !text.isEmpty()).ifPresent(paragraphs::add);
        String throughput = throughput();
        if (!throughput.isEmpty()) {
            paragraphs.add(throughput);
        }
        paragraphs.addAll(new KernelSide(measured).paragraphs());
        return paragraphs;
    }

    private static String moved(TwoFloors floors) {
        return "The hardware changed while this ran: a cache line there and back ("
                + floors.placement()
                + ") took "
                + Units.time(floors.nearNs())
                + " in "
                + floors.nearLaunches()
                + " launches and "
                + Units.time(floors.farNs())
                + " in "
                + floors.farLaunches()
                + ", as if the host had moved a CPU, or others had used it. Medians are of launches of both kinds, and"
                + " their intervals are as wide as that makes them. Run again for one kind only.";
    }

    private String roundTrips(Attribution a) {
        StringBuilder text =
                new StringBuilder(
                        "On this machine ("
                                + measured.machine()
                                + ", "
                                + measured.cpuPair()
                                + "), ");
        text.append("a message of ").append(Units.bytes(a.size())).append(" and its answer");
        text.append(takes(a.block(), a, " take ", " through a blocking " + a.kernel()));
        text.append(
                takes(
                        a.hint(),
                        a,
                        "; through the same " + a.kernel() + " when nobody sleeps (hinted) ",
                        ""));
        text.append(takes(a.shared(), a, "; through shared memory ", ""));
        Estimate floorRatio = a.floorRatio(a.shared());
        if (floorRatio.known()) {
            text.append(", ").append(Units.times(floorRatio.value())).append(" times the ");
            text.append(Units.value(a.floorNs(), Units::time));
            text.append(" that the hardware needs to pass a cache line there and back");
            text.append(" (one reading of the clock included, in both)");
            text.append(
                    floorRatio.value() < 1
                            ? " (faster than the floor cannot be: suspect the measurement)"
                            : "");
        } else if (Cells.withoutFloor(a.placement())) {
            text.append("; no cache line has a known way between two CPUs there, so no floor");
            text.append(" stands beside it");
        } else if (!a.floorNs().known()) {
            text.append("; the floor of the hardware was not measured");
        }
        return text.append(". These are medians.").toString();
    }

    private String takes(Optional<Cell> cell, Attribution a, String before, String after) {
        Estimate time = a.roundTripNs(cell);
        if (time.known()) {
            return before + Units.value(time, Units::time) + after;
        }
        return before + "(" + whyNot(cell) + ")" + after;
    }

    /** Why a cell has no number, for use inside a sentence. */
    static String whyNot(Optional<Cell> cell) {
        if (cell.isEmpty()) {
            return "not measured in this run";
        }
        String reason = cell.get().reason() == null ? "no reason recorded" : cell.get().reason();
        return switch (String.valueOf(cell.get().status())) {
            case Cell.OK -> "too few samples";
            case Cell.INVALID -> "measured, but invalid: " + reason;
            case Cell.NOT_AVAILABLE -> "not available here: " + reason;
            case Cell.FAILED -> "failed: " + reason;
            default -> cell.get().status() + ": " + reason;
        };
    }

    private String shares(Attribution a) {
        Estimate waiting = a.waitingShare();
        Estimate kernel = a.kernelShare();
        Estimate shared = a.sharedShare();
        if (!waiting.known() && !kernel.known() && !shared.known()) {
            return "";
        }
        if (!waiting.known()) {
            return "How much of the difference is sleeping and how much is the kernel’s path cannot be said: the cell in"
                    + " which the kernel copies and nobody sleeps has no number that may be used ("
                    + whyNot(a.hint())
                    + ").";
        }
        StringBuilder text = new StringBuilder("So of the " + a.kernel() + "’s time ");
        text.append(share(waiting, "waiting to be woken"));
        if (kernel.known()) {
            text.append(", ")
                    .append(
                            share(
                                    kernel,
                                    "the kernel’s path (two system calls and two copies each way)"));
            text.append(" and ").append(share(shared, "what is left when memory is shared"));
            text.append(floorPart(a)).append('.');
            Estimate ratio = a.ratio(a.hint(), a.shared());
            text.append(" With nobody asleep on either side, ")
                    .append(comparison("the " + a.kernel(), ratio, "shared memory"));
            text.append("; a single ratio of the blocking ")
                    .append(a.kernel())
                    .append(" to shared memory (");
            text.append(Units.times(a.ratio(a.block(), a.shared()).value()));
            text.append(") would mix the two causes and should not be quoted alone.");
        } else {
            text.append("; the rest cannot be split without the cell with shared memory (");
            text.append(whyNot(a.shared())).append(").");
        }
        return text.toString();
    }

    private static String floorPart(Attribution a) {
        Estimate ratio = a.floorRatio(a.shared());
        return ratio.known() && ratio.value() >= 1
                ? ", of which the hardware’s floor is " + Units.percent(1 / ratio.value())
                : "";
    }

    /** A share with its interval, or the statement that it cannot be told from nothing. */
    static String share(Estimate share, String what) {
        String interval = share.hasInterval() ? " (" + range(share) + ")" : "";
        if (share.below(0)) {
            return "no part is " + what + ": taking it away made the round trip longer" + interval;
        }
        if (share.hasInterval() && share.lo() <= 0) {
            return "no clear part is " + what + ": it cannot be told from nothing" + interval;
        }
        return Units.exactPercent(share.value()) + interval + " is " + what;
    }

    private static String range(Estimate share) {
        return Units.exactPercent(share.lo()) + " to " + Units.exactPercent(share.hi());
    }

    /**
     * "the pipe takes 5.3 times as long as shared memory", in the words that the interval allows.
     */
    static String comparison(String slower, Estimate ratio, String faster) {
        if (!ratio.hasInterval()) {
            return slower
                    + " took "
                    + Units.times(ratio.value())
                    + " times as long as "
                    + faster
                    + " (one launch: no interval)";
        }
        String interval = " (95 % interval " + Units.interval(ratio, Units::times) + ")";
        if (ratio.lo() <= 1 + NOISE && ratio.hi() >= 1 - NOISE) {
            return "no difference is shown between " + slower + " and " + faster + interval;
        }
        return ratio.value() > 1
                ? slower
                        + " takes "
                        + Units.times(ratio.value())
                        + " times as long as "
                        + faster
                        + interval
                : slower
                        + " is the faster: it takes "
                        + Units.times(ratio.value())
                        + " times as long as "
                        + faster
                        + interval;
    }

    private String throughput() {
        List<String> parts = new ArrayList<>();
        for (int size : measured.sizes(Factors.STREAM)) {
            Optional<Measured.Row> pipe = measured.row("pipe", Factors.BLOCK, Factors.STREAM, size);
            Optional<Measured.Row> shared =
                    measured.row("sluice", Factors.SPIN, Factors.STREAM, size);
            if (pipe.isPresent() && shared.isPresent()) {
                parts.add(
                        Units.value(pipe.get().summary().messagesPerSecond(), Units::rate)
                                + " of "
                                + Units.bytes(size)
                                + " pass through a blocking pipe and "
                                + Units.value(
                                        shared.get().summary().messagesPerSecond(), Units::rate)
                                + " through shared memory");
            }
        }
        return parts.isEmpty()
                ? ""
                : "Sent as fast as one end can, messages go at these rates: "
                        + String.join("; ", parts)
                        + ".";
    }

    private static boolean complete(Attribution a) {
        return clear(a.waitingShare()) && clear(a.kernelShare()) && a.sharedShare().known();
    }

    /** A share that a headline may state: not negative, and not possibly zero. */
    private static boolean clear(Estimate share) {
        return share.known() && share.value() > 0 && (!share.hasInterval() || share.lo() > 0);
    }
}
