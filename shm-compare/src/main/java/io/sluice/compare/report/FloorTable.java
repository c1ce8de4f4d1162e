package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.FloorReading.Jitter;
import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The machine's lower bounds: the steps of the floor, a column for each reading of it. */
final class FloorTable {
    /** By their heads; null where there was none. */
    private final Map<String, FloorReading> readings = new LinkedHashMap<>();

    private final List<Step> steps = new ArrayList<>();

    /** A line. */
    private record Step(
            String name, DoubleFunction<String> unit, ToDoubleFunction<FloorReading> number) {
        /** Tests whether a reading has it: 0 means that it was not measured. */
        boolean isIn(FloorReading reading) {
            return reading != null && number.applyAsDouble(reading) > 0;
        }

        String text(FloorReading reading) {
            return isIn(reading) ? unit.apply(number.applyAsDouble(reading)) : Units.DASH;
        }
    }

    /** Returns the floor before and after a run; the table has no rows if there is none. */
    static DataTable of(Results results) {
        FloorTable table = new FloorTable();
        table.readings.put("before the measurements", results.floorBefore());
        table.readings.put("after", results.floorAfter());
        return table.filled("The steps by themselves, on the pair of CPUs of this run");
    }

    /** Returns one reading. */
    static DataTable of(FloorReading reading) {
        FloorTable table = new FloorTable();
        table.readings.put("takes", reading);
        return table.filled("The steps by themselves, on this pair of CPUs");
    }

    private DataTable filled(String caption) {
        time("a reading of the clock", FloorReading::clockNs);
        time("the least between two readings of the clock", FloorReading::clockStepNs);
        time("a call from Java to C", FloorReading::downcallNs);
        time("a system call", FloorReading::syscallNs);
        time("a cache line there and back, median", FloorReading::lineRoundTripNs);
        time("the same, 99th percentile", FloorReading::lineRoundTripP99Ns);
        sizes("copying %s from this CPU’s cache", FloorReading::memcpyHotNs);
        sizes("copying %s that the other CPU has written", FloorReading::memcpyRemoteNs);
        for (String id : keys(reading -> reading.selfNs().keySet().stream())) {
            sizes(
                    "one thread writes and reads its own " + id + ", %s",
                    reading -> reading.selfNs().getOrDefault(id, Map.of()));
        }
        time("waking a sleeper through a futex, one way", FloorReading::futexWakeNs);
        time("two threads of one CPU yield to each other, there and back", FloorReading::yieldNs);
        for (int cpu : keys(reading -> reading.jitter().stream().map(Jitter::cpu))) {
            steps.add(
                    new Step(
                            "taken from a thread that spins on CPU " + cpu,
                            Units::exactPercent,
                            jitter(cpu, j -> (double) j.lostNs() / j.durationNs())));
            time("the longest of these interruptions", jitter(cpu, Jitter::maxNs));
        }
        steps.add(
                new Step(
                        "GHz, from a chain of multiplications and additions",
                        Units::times,
                        reading -> reading.ghz() == null ? 0 : reading.ghz()));
        var columns = new DataTable.Columns<Step>().text("Step", Step::name);
        readings.forEach((head, reading) -> columns.text(head, step -> step.text(reading)));
        return columns.of(
                caption,
                steps.stream()
                        .filter(step -> readings.values().stream().anyMatch(step::isIn))
                        .toList());
    }

    /** Returns the keys that a step has in any reading, in order. */
    private <K> List<K> keys(Function<FloorReading, Stream<K>> step) {
        return readings.values().stream()
                .filter(Objects::nonNull)
                .flatMap(step)
                .distinct()
                .sorted()
                .toList();
    }

    private void sizes(String step, Function<FloorReading, Map<Integer, Double>> times) {
        for (int size : keys(reading -> times.apply(reading).keySet().stream())) {
            time(
                    step.formatted(Units.bytes(size)),
                    reading -> times.apply(reading).getOrDefault(size, 0.0));
        }
    }

    /** Returns what a thread that only reads the clock loses to other threads. */
    private static ToDoubleFunction<FloorReading> jitter(int cpu, ToDoubleFunction<Jitter> number) {
        return reading ->
                reading.jitter().stream()
                        .filter(jitter -> jitter.cpu() == cpu)
                        .mapToDouble(number)
                        .findFirst()
                        .orElse(0);
    }

    private void time(String step, ToDoubleFunction<FloorReading> time) {
        steps.add(new Step(step, Units::time, time));
    }
}
