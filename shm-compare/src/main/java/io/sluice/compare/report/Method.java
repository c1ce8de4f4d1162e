package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the template about the method says of this run. */
record Method(ReportModel model, DataTable fairness, String digest) {
    /** A mechanism and how its ends wait, by their ids. */
    private record Way(String mechanism, Waiting waiting) {
        String name() {
            return Series.name(String.valueOf(mechanism), waiting);
        }
    }

    private Stream<Factors> factors() {
        return model.results.measurements().stream().map(Measurement::factors);
    }

    /** Returns how much of a message was written and checked. */
    String touched() {
        Set<Touch> touched =
                factors()
                        .map(f -> Objects.requireNonNullElse(f.touch(), Touch.FULL))
                        .collect(toCollection(TreeSet::new));
        if (touched.isEmpty()) {
            return Text.of("touch.nothing");
        }
        boolean full = touched.remove(Touch.FULL);
        String most = touched.isEmpty() ? "." : Text.of("touch.but");
        String other = Text.of("touch.other");
        String others =
                touched.stream()
                        .map(t -> Text.of("touch.some", t, Text.or(other, "touched." + t)))
                        .collect(joining(" "));
        return Text.join(Text.when(full, "touch.full", most), others);
    }

    /** Returns when the floor was measured, and beside how many blocks. */
    String floors() {
        List<Fork> blocks =
                model.results.measurements().stream().flatMap(m -> m.forks().stream()).toList();
        long beside = blocks.stream().filter(block -> block.lineRoundTripNs() > 0).count();
        boolean before = model.results.floorBefore() != null;
        boolean after = model.results.floorAfter() != null;
        String when =
                Stream.of(
                                Text.when(before && after, "floors.both"),
                                Text.when(before && !after, "floors.before"),
                                Text.when(after && !before, "floors.after"),
                                Text.when(beside > 0, "floors.beside", beside, blocks.size()))
                        .filter(text -> !text.isEmpty())
                        .collect(joining(", and "));
        return when.isEmpty() ? Text.of("floors.none") : Text.of("floors", when);
    }

    /** Returns the placements of this run that have a description. */
    List<String> placements() {
        return factors()
                .map(Factors::placement)
                .distinct()
                .filter(place -> Text.has("placement." + place))
                .toList();
    }

    /** Returns the ids of the mechanisms, as the command line has them. */
    DataTable names() {
        return new DataTable.Columns<Way>()
                .text("Name on this page", Way::name)
                .text("--mechanisms", Way::mechanism)
                .text("--wait", way -> way.waiting.id())
                .of(
                        Text.of("method.names"),
                        factors()
                                .map(f -> new Way(f.mechanism(), f.waiting()))
                                .distinct()
                                .toList());
    }

    Run run() {
        return model.run;
    }

    String command() {
        return "shm-compare " + run().argv().stream().map(Method::quoted).collect(joining(" "));
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+")
                ? argument
                : "'" + argument.replace("'", "'\\''") + "'";
    }

    String citation() {
        String date = model.date();
        String commit = model.tool.commit() == null ? "" : ", commit " + model.tool.commit();
        return """
               @misc{shm-compare-%1$s,
                 title = {What the kernel costs per message: shm-compare run %1$s},
                 note  = {shm-compare %2$s%3$s, %4$s},
                 year  = {%5$s}
               }"""
                .formatted(
                        run().id(),
                        model.tool.version(),
                        commit,
                        model.machine(),
                        date.matches("\\d{4}.*") ? date.substring(0, 4) : "n.d.");
    }
}
