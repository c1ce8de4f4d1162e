package io.sluice.compare.report;

import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Results;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** The machine's lower bounds: the steps of the floor, before and after the cells. */
final class FloorTable {
    private final Floor before;
    private final Floor after;
    private final Table table =
            new Table(
                    "What nothing can beat, on the pair of CPUs of this run",
                    "Step",
                    "before the cells",
                    "after");

    private FloorTable(Results results) {
        before = results.floorBefore();
        after = results.floorAfter();
    }

    /** Has no rows if nothing was measured. */
    static Table of(Results results) {
        FloorTable floor = new FloorTable(results);
        floor.fill();
        return floor.table;
    }

    private void fill() {
        row("a reading of the clock", Floor::clockNs);
        row("the clock’s smallest step", Floor::clockStepNs);
        row("a call from Java to C", Floor::downcallNs);
        row("a system call", Floor::syscallNs);
        row("a cache line there and back, median", Floor::lineRoundTripNs);
        row("the same, 99th percentile", Floor::lineRoundTripP99Ns);
        sizes("copying", " from this CPU’s cache", Floor::memcpyHotNs);
        sizes("copying", " that the other CPU has written", Floor::memcpyRemoteNs);
        Set<String> selves = new TreeSet<>();
        for (Floor floor : new Floor[] {before, after}) {
            if (floor != null) {
                selves.addAll(floor.selfNs().keySet());
            }
        }
        for (String id : selves) {
            sizes(
                    "one thread writes and reads its own " + id + ",",
                    "",
                    floor -> floor.selfNs().getOrDefault(id, Map.of()));
        }
        row("waking a sleeper through a futex, one way", Floor::futexWakeNs);
        row("two threads of one CPU yield to each other, there and back", Floor::yieldNs);
        jitter();
        add("GHz, from a chain of additions", Units::times, f -> f.ghz() == null ? 0 : f.ghz());
    }

    private void sizes(
            String what,
            String where,
            java.util.function.Function<Floor, Map<Integer, Double>> times) {
        Set<Integer> sizes = new TreeSet<>();
        for (Floor floor : new Floor[] {before, after}) {
            if (floor != null) {
                sizes.addAll(times.apply(floor).keySet());
            }
        }
        for (int size : sizes) {
            row(
                    what + " " + Units.bytes(size) + where,
                    floor -> times.apply(floor).getOrDefault(size, 0.0));
        }
    }

    /** The time that a thread that only reads the clock loses to other threads. */
    private void jitter() {
        Map<Integer, Integer> cpus = new TreeMap<>();
        for (Floor floor : new Floor[] {before, after}) {
            if (floor != null) {
                floor.jitter().forEach(each -> cpus.put(each.cpu(), each.cpu()));
            }
        }
        for (int cpu : cpus.keySet()) {
            add(
                    "taken from a thread that spins on CPU " + cpu,
                    Units::exactPercent,
                    floor -> jitter(floor, cpu, j -> (double) j.lostNs() / j.durationNs()));
            row(
                    "the longest of these interruptions",
                    floor -> jitter(floor, cpu, j -> (double) j.maxNs()));
        }
    }

    private static double jitter(Floor floor, int cpu, ToDoubleFunction<Floor.Jitter> number) {
        Map<Integer, Floor.Jitter> byCpu = new LinkedHashMap<>();
        floor.jitter().forEach(each -> byCpu.put(each.cpu(), each));
        return byCpu.containsKey(cpu) ? number.applyAsDouble(byCpu.get(cpu)) : 0;
    }

    private void row(String step, ToDoubleFunction<Floor> time) {
        add(step, Units::time, time);
    }

    private void add(String step, DoubleFunction<String> unit, ToDoubleFunction<Floor> number) {
        String first = text(before, unit, number);
        String second = text(after, unit, number);
        if (!first.equals(Units.DASH) || !second.equals(Units.DASH)) {
            table.row(step, first, second);
        }
    }

    /** 0 means that it was not measured. */
    private static String text(
            Floor floor, DoubleFunction<String> unit, ToDoubleFunction<Floor> number) {
        double value = floor == null ? 0 : number.applyAsDouble(floor);
        return value > 0 ? unit.apply(value) : Units.DASH;
    }
}
