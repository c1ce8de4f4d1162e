package io.sluice.compare.stats;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.result.Results;
import java.util.List;
import java.util.Locale;

/** Explains in words the parts of a blocking kernel mechanism's latency. */
public final class Explanation {
    /** What each part is, in the order in which they add up. */
    private static final String[][] PARTS = {
        {Decomposition.LINE, "a cache line to the other CPU: nothing avoids that"},
        {Decomposition.SHARED_PATH, "what sharing memory takes beyond that line"},
        {Decomposition.ENTRY, "entering and leaving the kernel, twice"},
        {Decomposition.COPYING, "copying in and out"},
        {Decomposition.OBJECT, "the kernel object's own work"},
        {Decomposition.COHERENCE, "that object's state on its way between the CPUs"},
        {Decomposition.WAKE, "putting the receiver to sleep and waking it"}
    };

    private Explanation() {}

    /** Returns the explanation, in lines of text; one sentence why there is none. */
    public static String of(Results results) {
        List<Decomposition> found =
                results.attribution().isEmpty() ? TwoByTwo.of(results) : results.attribution();
        if (found.isEmpty()) {
            return "Nothing to explain: there are no round trips of a blocking kernel mechanism"
                    + " together with the same mechanism that does not sleep (run --mechanisms"
                    + " pipe,pipe.hint,sluice --patterns rtt).\n";
        }
        StringBuilder text = new StringBuilder();
        Environment machine = results.environment();
        if (machine != null) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "On %s, %d CPUs, %s, %s:%n%n",
                            machine.cpuModel(),
                            machine.cpus(),
                            "none".equals(machine.virtualization())
                                    ? "no virtual machine"
                                    : "a guest of " + machine.virtualization(),
                            machine.kernel()));
        }
        String interval = Measurements.nameOfInterval(results.measurements());
        found.forEach(each -> explain(each, interval, text));
        return text.toString();
    }

    private static void explain(Decomposition each, String interval, StringBuilder text) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s, %d bytes, %s: one way, half a round trip, median of the forks"
                                + " [%s]%n%n",
                        each.kernel(),
                        each.size(),
                        each.placement(),
                        interval));
        text.append(row("", "the receiver sleeps", "neither sleeps"));
        text.append(
                row(
                        "the kernel copies",
                        half(each, Decomposition.KERNEL_SLEEPS),
                        half(each, Decomposition.KERNEL_SPINS)));
        text.append(
                row(
                        "memory is shared",
                        half(each, Decomposition.SHARED_SLEEPS),
                        half(each, Decomposition.SHARED_SPINS)));
        text.append('\n');
        sentence(text, "Waking through the kernel's object takes %s.", each.wakeK());
        sentence(text, "Waking through a futex takes %s.", each.wakeS());
        sentence(text, "The kernel's path without any waking takes %s.", each.dataPath());
        interaction(text, each.interaction());
        shares(text, each);
        text.append('\n');
        waterfall(text, each);
        each.remarks().forEach(remark -> text.append("Note: ").append(remark).append(".\n"));
        text.append('\n');
    }

    private static String row(String name, String sleeps, String spins) {
        return String.format(Locale.ROOT, "  %-20s %-30s %-30s%n", name, sleeps, spins);
    }

    private static String half(Decomposition each, String measurement) {
        Quantity quantity = each.halfRoundTrip().getOrDefault(measurement, Quantity.NONE);
        return known(quantity) ? time(quantity) : "not measured";
    }

    private static void sentence(StringBuilder text, String sentence, Quantity quantity) {
        if (known(quantity)) {
            text.append(String.format(Locale.ROOT, sentence, time(quantity))).append('\n');
        }
    }

    private static void interaction(StringBuilder text, Quantity interaction) {
        if (!known(interaction) || interaction.lo() == null || interaction.hi() == null) {
            return;
        }
        String how = ": the kernel's object wakes more dearly than a futex does.";
        if (interaction.lo() <= 0 && interaction.hi() >= 0) {
            how = ", which is not told from nothing: path and waking add up.";
        } else if (interaction.hi() < 0) {
            how = ": the kernel's object wakes more cheaply than a futex beside shared memory.";
        }
        text.append("Their difference is ").append(time(interaction)).append(how).append('\n');
    }

    private static void shares(StringBuilder text, Decomposition each) {
        if (known(each.kernelShare())) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "Sharing memory and spinning saves %.0f %% of the blocking time",
                            100 * each.kernelShare().value()));
            text.append(
                    known(each.waitingShare())
                            ? String.format(
                                    Locale.ROOT,
                                    "; %.0f %% of that is not having to be woken.%n",
                                    100 * each.waitingShare().value())
                            : ".\n");
        }
    }

    private static void waterfall(StringBuilder text, Decomposition each) {
        Quantity whole = each.halfRoundTrip().getOrDefault(Decomposition.KERNEL_SLEEPS, null);
        if (!known(whole)) {
            return;
        }
        for (String[] part : PARTS) {
            Quantity quantity = each.parts().get(part[0]);
            if (known(quantity)) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "  %5.1f %%  %-30s %s%n",
                                100 * quantity.value() / whole.value(),
                                time(quantity),
                                part[1]));
            }
        }
    }

    private static boolean known(Quantity quantity) {
        return quantity != null && quantity.value() != null;
    }

    private static String time(Quantity quantity) {
        String value = time(quantity.value());
        return quantity.lo() == null || quantity.hi() == null
                ? value
                : value + " [" + time(quantity.lo()) + " .. " + time(quantity.hi()) + "]";
    }

    private static String time(double ns) {
        return Math.abs(ns) < 1000
                ? String.format(Locale.ROOT, "%.0f ns", ns)
                : String.format(Locale.ROOT, "%.2f us", ns / 1000);
    }
}
