package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A row of the table of targets: how many times as fast a contender is to be as the fastest of
 * others, near and far.
 *
 * @param row what the table calls it
 * @param contender what is compared
 * @param others what it is compared with
 * @param near the target where the CPUs are near each other; 0 if there is none
 * @param far the target where they are far from each other; 0 if there is none
 */
record SpeedTarget(String row, String contender, List<String> others, double near, double far) {
    static final List<SpeedTarget> ALL = all();

    /** The median of the ratios to the fastest of the others. */
    private record Measured(double ratio, int trials, String fastest) {}

    private static List<SpeedTarget> all() {
        List<SpeedTarget> targets = new ArrayList<>();
        List<String> aeron = List.of("aeron-ipc", "aeron-ipc-claim", "aeron-ipc-64k");
        List<String> either =
                List.of(
                        "aeron-ipc",
                        "aeron-ipc-claim",
                        "aeron-ipc-64k",
                        "aeron-ipc-block",
                        "agrona-one-to-one",
                        "agrona-one-to-one-claim");
        targets.add(of("stream to Aeron IPC", "stream/sluice", aeron, 2.0, 1.3));
        targets.add(
                of("stream to Agrona 1:1", "stream/sluice", List.of("agrona-one-to-one"), 2.0, 4));
        targets.add(of("batch of 16 to either", "stream/sluice-batch", either, 2.5, 2.0));
        targets.add(of("8 bytes, batch, to either", "stream/sluice-batch@8", either, 4, 3));
        String array = "stream/sluice-batch-array";
        targets.add(of("batch from an array, to either", array, either, 2.5, 2.0));
        targets.add(of("8 bytes, from an array, to either", array + "@8", either, 4, 3));
        targets.add(
                of("round trip to Aeron", "roundtrip/sluice", List.of("aeron-ipc"), 1.05, 1.05));
        List<String> agrona = List.of("agrona-one-to-one");
        targets.add(of("round trip to Agrona", "roundtrip/sluice", agrona, 1.15, 1.15));
        targets.add(
                of("fan-in 2:1 to Agrona", "fanin/sluice", List.of("agrona-many-to-one"), 5, 8));
        List<String> logs = List.of("aeron-ipc-exclusive", "aeron-ipc-exclusive-64k");
        targets.add(of("fan-in 2:1 to Aeron", "fanin/sluice", logs, 1.5, 1.3));
        targets.add(
                of(
                        "unbounded to bounded",
                        "stream/sluice-unbounded",
                        List.of("sluice"),
                        0.98,
                        0.98));
        targets.add(
                new SpeedTarget(
                        "two receivers to one",
                        "objects-1-2/sluice-pipe",
                        List.of("objects-1-1/sluice-pipe"),
                        0.6,
                        0.6));
        List<String> subscribers = List.of("aeron-ipc", "aeron-ipc-64k");
        for (String kind : List.of("broadcast", "broadcast-2", "broadcast-3")) {
            targets.add(of(kind + ", gated, to Aeron", kind + "/sluice-gated", subscribers, 1, 1));
            String lossy = kind + "/sluice-lossy";
            targets.add(of(kind + ", lossy, to Agrona", lossy, List.of("agrona"), 1, 1));
        }
        for (int receivers = 1; receivers <= 3; receivers++) {
            String kind = "broadcast-1-" + receivers;
            List<String> disruptor = List.of("disruptor");
            targets.add(of("mailbox " + kind + " to Disruptor", kind + "/sluice", disruptor, 1, 1));
        }
        for (String profile : List.of("", "-after-others")) {
            for (String topology : Topology.ALL) {
                targets.add(
                        of(
                                "mailbox " + topology + profile + " to JCTools",
                                "objects-" + topology + "/sluice" + profile,
                                List.of("jctools" + profile),
                                0.97,
                                0.97));
            }
        }
        for (String kind : List.of("stream", "roundtrip")) {
            targets.add(
                    new SpeedTarget(
                            kind + ", processes to threads",
                            kind + "-2p/sluice",
                            List.of(kind + "/sluice"),
                            0.95,
                            0.95));
        }
        targets.add(of("one send to Agrona's write", "send/sluice", agrona, 2, 0));
        return targets;
    }

    /** Returns a target against subjects of the same kind and size. */
    private static SpeedTarget of(
            String row, String contender, List<String> subjects, double near, double far) {
        List<String> others =
                subjects.stream()
                        .map(subject -> contender.replaceFirst("/[^@]*", "/" + subject))
                        .toList();
        return new SpeedTarget(row, contender, others, near, far);
    }

    /**
     * Returns a line that says whether the target was met: what was asked and measured near and
     * far, with the number of trials, and the fastest of the others. Null if it was not measured.
     */
    String line(List<SideBySide.Contender> contenders) {
        Measured atNear = near == 0 ? null : measured(contenders, true);
        Measured atFar = far == 0 ? null : measured(contenders, false);
        if (near != 0 && far == 0 && atNear == null) {
            atNear = measured(contenders, false); // One thread: the placement does not matter.
        }
        if (atNear == null && atFar == null) {
            return null;
        }
        boolean met =
                (atNear == null || atNear.ratio >= near) && (atFar == null || atFar.ratio >= far);
        return String.format(
                Locale.ROOT,
                "%-36s %4s / %-4s %-34s / %-34s %s",
                row,
                asked(near),
                asked(far),
                described(atNear),
                described(atFar),
                met ? "met" : "missed");
    }

    private static String asked(double target) {
        return target == 0 ? "-" : Double.toString(target);
    }

    private static String described(Measured measured) {
        return measured == null
                ? "not measured"
                : String.format(
                        Locale.ROOT,
                        "%.2f (%d, %s)",
                        measured.ratio,
                        measured.trials,
                        measured.fastest);
    }

    private Measured measured(List<SideBySide.Contender> contenders, boolean atNear) {
        Measured least = null;
        for (SideBySide.Contender own : named(contenders, List.of(contender))) {
            for (SideBySide.Contender other : named(contenders, others)) {
                double[] ratios = SideBySide.ratios(own, other, r -> r.counts(atNear));
                if (ratios.length > 0) {
                    double ratio = SideBySide.quartiles(ratios)[1];
                    ratio = isTime() ? 1 / ratio : ratio;
                    if (least == null || ratio < least.ratio) {
                        String name = other.name.replaceFirst(".*/", "");
                        least = new Measured(ratio, ratios.length, name);
                    }
                }
            }
        }
        return least;
    }

    private static List<SideBySide.Contender> named(
            List<SideBySide.Contender> contenders, List<String> names) {
        return contenders.stream().filter(c -> names.contains(c.name)).toList();
    }

    private boolean isTime() {
        return contender.startsWith("roundtrip") || contender.startsWith("send/");
    }
}
