package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The machine's lower bounds: the steps of the floor, a column for each reading of it. */
final class FloorTable {
    private final List<FloorReading> readings;
    private final DataTable table;

    private FloorTable(List<FloorReading> readings, DataTable table) {
        this.readings = readings;
        this.table = table;
    }

    /** Returns the floor before and after a run; the table has no rows if there is none. */
    static DataTable of(Results results) {
        return new FloorTable(
                        Arrays.asList(results.floorBefore(), results.floorAfter()),
                        new DataTable(
                                "What nothing can beat, on the pair of CPUs of this run",
                                "Step",
                                "before the measurements",
                                "after"))
                .filled();
    }

    /** Returns one reading. */
    static DataTable of(FloorReading reading) {
        return new FloorTable(
                        List.of(reading),
                        new DataTable(
                                "What nothing can beat, on this pair of CPUs", "Step", "takes"))
                .filled();
    }

    private DataTable filled() {
        row("a reading of the clock", FloorReading::clockNs);
        row("the clock’s smallest step", FloorReading::clockStepNs);
        row("a call from Java to C", FloorReading::downcallNs);
        row("a system call", FloorReading::syscallNs);
        row("a cache line there and back, median", FloorReading::lineRoundTripNs);
        row("the same, 99th percentile", FloorReading::lineRoundTripP99Ns);
        sizes("copying", " from this CPU’s cache", FloorReading::memcpyHotNs);
        sizes("copying", " that the other CPU has written", FloorReading::memcpyRemoteNs);
        for (String id : keys(FloorReading::selfNs)) {
            sizes(
                    "one thread writes and reads its own " + id + ",",
                    "",
                    reading -> reading.selfNs().getOrDefault(id, Map.of()));
        }
        row("waking a sleeper through a futex, one way", FloorReading::futexWakeNs);
        row("two threads of one CPU yield to each other, there and back", FloorReading::yieldNs);
        for (int cpu : keys(FloorTable::byCpu)) {
            add(
                    "taken from a thread that spins on CPU " + cpu,
                    Units::exactPercent,
                    reading -> jitter(reading, cpu, j -> (double) j.lostNs() / j.durationNs()));
            row(
                    "the longest of these interruptions",
                    reading -> jitter(reading, cpu, j -> (double) j.maxNs()));
        }
        add("GHz, from a chain of additions", Units::times, f -> f.ghz() == null ? 0 : f.ghz());
        return table;
    }

    /** Returns the keys that a step has in any reading, in order. */
    private <K> Set<K> keys(Function<FloorReading, Map<K, ?>> step) {
        return readings.stream()
                .filter(Objects::nonNull)
                .flatMap(reading -> step.apply(reading).keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void sizes(
            String what, String where, Function<FloorReading, Map<Integer, Double>> times) {
        for (int size : keys(times::apply)) {
            row(
                    what + " " + Units.bytes(size) + where,
                    reading -> times.apply(reading).getOrDefault(size, 0.0));
        }
    }

    private static Map<Integer, FloorReading.Jitter> byCpu(FloorReading reading) {
        Map<Integer, FloorReading.Jitter> jitter = new TreeMap<>();
        reading.jitter().forEach(each -> jitter.put(each.cpu(), each));
        return jitter;
    }

    /** Returns what a thread that only reads the clock loses to other threads. */
    private static double jitter(
            FloorReading reading, int cpu, ToDoubleFunction<FloorReading.Jitter> number) {
        FloorReading.Jitter jitter = byCpu(reading).get(cpu);
        return jitter == null ? 0 : number.applyAsDouble(jitter);
    }

    private void row(String step, ToDoubleFunction<FloorReading> time) {
        add(step, Units::time, time);
    }

    /** Adds a step, unless no reading has it: 0 means that it was not measured. */
    private void add(
            String step, DoubleFunction<String> unit, ToDoubleFunction<FloorReading> number) {
        List<String> line = new ArrayList<>(List.of(step));
        for (FloorReading reading : readings) {
            double value = reading == null ? 0 : number.applyAsDouble(reading);
            line.add(value > 0 ? unit.apply(value) : Units.DASH);
        }
        if (line.stream().skip(1).anyMatch(text -> !text.equals(Units.DASH))) {
            table.row(line.toArray());
        }
    }
}
