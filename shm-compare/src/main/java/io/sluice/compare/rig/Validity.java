package io.sluice.compare.rig;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether a cell's numbers may be believed. Messages lost, doubled or damaged, ends that
 * moved, and counts that do not agree make it invalid; what only weakens it is a flag.
 */
final class Validity {
    private Validity() {}

    static Cell judge(
            String id, Factors factors, List<Launch> launches, List<String> failures, Floor floor) {
        List<String> flags = new ArrayList<>();
        List<String> reasons = new ArrayList<>(failures);
        for (Launch launch : launches) {
            for (EndCounters end : launch.ends().values()) {
                if (end.lost() + end.duplicated() + end.corrupted() > 0) {
                    reasons.add(
                            "V01 lost "
                                    + end.lost()
                                    + ", duplicated "
                                    + end.duplicated()
                                    + ", corrupted "
                                    + end.corrupted());
                }
                if (end.messages() != launch.messages()) {
                    reasons.add(
                            "V01 one end counted "
                                    + end.messages()
                                    + " messages, the other "
                                    + launch.messages());
                }
            }
        }
        boolean roundTrips = factors.pattern().equals(Factors.RTT);
        if (roundTrips && launches.stream().anyMatch(launch -> belowFloor(launch, floor))) {
            flags.add("V02");
        }
        if (roundTrips
                && factors.waiting().equals(Factors.BLOCK)
                && launches.stream().anyMatch(launch -> sleepsPerHop(launch) < 0.5)) {
            flags.add("V03");
        }
        String status = Cell.OK;
        if (launches.isEmpty()) {
            status = Cell.FAILED;
        } else if (!reasons.isEmpty()) {
            status = Cell.INVALID;
            flags.add(reasons.get(0).startsWith("V") ? reasons.get(0).substring(0, 3) : "V01");
        }
        String reason = reasons.isEmpty() ? null : String.join("; ", reasons);
        return new Cell(id, factors, status, reason, flags, launches);
    }

    private static boolean belowFloor(Launch launch, Floor floor) {
        double line =
                launch.lineRoundTripNs() > 0 ? launch.lineRoundTripNs() : floor.lineRoundTripNs();
        return launch.hdr() != null
                && Hdr.decode(launch.hdr()).getValueAtPercentile(50) < 0.9 * line;
    }

    /** How often a hop ended with a receiver that had really slept. */
    private static double sleepsPerHop(Launch launch) {
        long sleeps = 0;
        for (EndCounters end : launch.ends().values()) {
            sleeps += end.voluntarySwitches();
        }
        return sleeps / (2.0 * launch.messages());
    }
}
