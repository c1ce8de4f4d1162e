package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Results;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** The machine's lower bounds: the steps of the floor, before and after the measurements. */
final class FloorTable {
    private final FloorReading before;
    private final FloorReading after;
    private final DataTable table =
            new DataTable(
                    "What nothing can beat, on the pair of CPUs of this run",
                    "Step",
                    "before the measurements",
                    "after");

    private FloorTable(Results results) {
        before = results.floorBefore();
        after = results.floorAfter();
    }

    /** Returns the table, without rows if nothing was measured. */
    static DataTable of(Results results) {
        FloorTable floor = new FloorTable(results);
        floor.fill();
        return floor.table;
    }

    private void fill() {
        row("a reading of the clock", FloorReading::clockNs);
        row("the clock’s smallest step", FloorReading::clockStepNs);
        row("a call from Java to C", FloorReading::downcallNs);
        row("a system call", FloorReading::syscallNs);
        row("a cache line there and back, median", FloorReading::lineRoundTripNs);
        row("the same, 99th percentile", FloorReading::lineRoundTripP99Ns);
        sizes("copying", " from this CPU’s cache", FloorReading::memcpyHotNs);
        sizes("copying", " that the other CPU has written", FloorReading::memcpyRemoteNs);
        Set<String> selves = new TreeSet<>();
        for (FloorReading floorReading : new FloorReading[] {before, after}) {
            if (floorReading != null) {
                selves.addAll(floorReading.selfNs().keySet());
            }
        }
        for (String id : selves) {
            sizes(
                    "one thread writes and reads its own " + id + ",",
                    "",
                    floorReading -> floorReading.selfNs().getOrDefault(id, Map.of()));
        }
        row("waking a sleeper through a futex, one way", FloorReading::futexWakeNs);
        row("two threads of one CPU yield to each other, there and back", FloorReading::yieldNs);
        jitter();
        add("GHz, from a chain of additions", Units::times, f -> f.ghz() == null ? 0 : f.ghz());
    }

    private void sizes(
            String what,
            String where,
            java.util.function.Function<FloorReading, Map<Integer, Double>> times) {
        Set<Integer> sizes = new TreeSet<>();
        for (FloorReading floorReading : new FloorReading[] {before, after}) {
            if (floorReading != null) {
                sizes.addAll(times.apply(floorReading).keySet());
            }
        }
        for (int size : sizes) {
            row(
                    what + " " + Units.bytes(size) + where,
                    floorReading -> times.apply(floorReading).getOrDefault(size, 0.0));
        }
    }

    /** Adds the time that a thread that only reads the clock loses to other threads. */
    private void jitter() {
        Map<Integer, Integer> cpus = new TreeMap<>();
        for (FloorReading floorReading : new FloorReading[] {before, after}) {
            if (floorReading != null) {
                floorReading.jitter().forEach(each -> cpus.put(each.cpu(), each.cpu()));
            }
        }
        for (int cpu : cpus.keySet()) {
            add(
                    "taken from a thread that spins on CPU " + cpu,
                    Units::exactPercent,
                    floorReading ->
                            jitter(floorReading, cpu, j -> (double) j.lostNs() / j.durationNs()));
            row(
                    "the longest of these interruptions",
                    floorReading -> jitter(floorReading, cpu, j -> (double) j.maxNs()));
        }
    }

    private static double jitter(
            FloorReading floorReading, int cpu, ToDoubleFunction<FloorReading.Jitter> number) {
        Map<Integer, FloorReading.Jitter> byCpu = new LinkedHashMap<>();
        floorReading.jitter().forEach(each -> byCpu.put(each.cpu(), each));
        return byCpu.containsKey(cpu) ? number.applyAsDouble(byCpu.get(cpu)) : 0;
    }

    private void row(String step, ToDoubleFunction<FloorReading> time) {
        add(step, Units::time, time);
    }

    private void add(
            String step, DoubleFunction<String> unit, ToDoubleFunction<FloorReading> number) {
        String first = text(before, unit, number);
        String second = text(after, unit, number);
        if (!first.equals(Units.DASH) || !second.equals(Units.DASH)) {
            table.row(step, first, second);
        }
    }

    /** Formats a number, of which 0 means that it was not measured. */
    private static String text(
            FloorReading floorReading,
            DoubleFunction<String> unit,
            ToDoubleFunction<FloorReading> number) {
        double value = floorReading == null ? 0 : number.applyAsDouble(floorReading);
        return value > 0 ? unit.apply(value) : Units.DASH;
    }
}
