package io.sluice.compare.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.sluice.compare.result.Waiting;
import io.sluice.compare.rig.Plans;
import io.sluice.compare.rig.Suite;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code list}: the mechanisms, by family, and the suites. */
@Command(name = "list", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
    @Mixin private CpuOption cpuOption;

    @Option(names = "--json")
    private boolean json;

    /** A mechanism; unavailable is null where it can be used. */
    record ListedMechanism(
            String id, Waiting waiting, String family, String description, String unavailable) {}

    /** A suite, and about how long it takes here. */
    record ListedSuite(String name, int measurements, int forks, long seconds) {}

    /** What there is. */
    record Listed(
            List<ListedMechanism> mechanisms, List<ListedSuite> suites, List<String> broken) {}

    /** The suites' names, each with its limit if it has one, for the help. */
    static final class SuiteLabels implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Suite.all().stream().map(SuiteLabels::label).iterator();
        }

        private static String label(Suite suite) {
            String limit = time(suite.limitNs() / 1_000_000_000);
            return suite.limitNs() == 0 ? suite.name() : suite.name() + " (" + limit + ")";
        }
    }

    @Override
    public Integer call() throws IOException {
        List<Integer> pair = cpuOption.pair();
        Map<String, List<ListedMechanism>> families =
                Transports.all().stream()
                        .map(ListCommand::mechanism)
                        .collect(groupingBy(ListedMechanism::family, LinkedHashMap::new, toList()));
        Listed listed =
                new Listed(
                        families.values().stream().flatMap(List::stream).toList(),
                        Suite.all().stream().map(each -> suite(each, pair)).toList(),
                        Transports.broken());
        if (json) {
            CommandOutput.json(listed);
            return Exit.OK;
        }
        CommandOutput.print("  %-19s %-8s %s", "MECHANISM", "WAITS", "WHAT IT IS");
        families.forEach(
                (family, own) -> {
                    CommandOutput.print("%n%s", family);
                    own.forEach(ListCommand::print);
                });
        listed.broken.forEach(why -> System.out.println("cannot be used: " + why));
        Transports.missingPeers().ifPresent(hint -> System.out.println("\nnot here: " + hint));
        CommandOutput.print("%n%-10s %12s %6s %s", "SUITE", "MEASUREMENTS", "FORKS", "TAKES");
        for (ListedSuite each : listed.suites) {
            String takes = time(each.seconds);
            CommandOutput.print(
                    "%-10s %12d %6d about %s", each.name, each.measurements, each.forks, takes);
        }
        return Exit.OK;
    }

    private static void print(ListedMechanism m) {
        String why = m.unavailable == null ? "" : " (not available: %s)";
        String line = "  %-19s %-8s %s" + why;
        CommandOutput.print(line, m.id, m.waiting, m.description, m.unavailable);
    }

    private static ListedMechanism mechanism(Transport each) {
        return new ListedMechanism(
                each.id(),
                each.waiting(),
                each.id().split("\\.", 2)[0],
                each.description(),
                each.unavailable().orElse(null));
    }

    private static ListedSuite suite(Suite suite, List<Integer> pair) {
        var plans = Plans.possible(suite, Transports.all(), pair);
        long seconds = suite.expected(Plans.groups(plans, false)).toSeconds();
        return new ListedSuite(suite.name(), plans.size(), suite.forks(), seconds);
    }

    private static String time(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200
                ? Math.round(seconds / 60.0) + " min"
                : String.format(Locale.ROOT, "%.0f h", seconds / 3600.0);
    }
}
