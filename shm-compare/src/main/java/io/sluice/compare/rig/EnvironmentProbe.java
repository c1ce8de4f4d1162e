package io.sluice.compare.rig;

import static io.sluice.compare.rig.Placement.CROSS_LLC;
import static io.sluice.compare.rig.Placement.CROSS_SOCKET;
import static io.sluice.compare.rig.Placement.SAME_LLC;
import static io.sluice.compare.rig.Placement.SMT;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.EnvironmentBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Resource;
import io.sluice.compare.transport.Transports;
import io.sluice.linux.Mapping;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Records what a reader must know of the machine, in the machine's own words. Most of it is in
 * files that {@code facts.txt} names.
 */
public final class EnvironmentProbe {
    private static final Path CPU = Path.of("/sys/devices/system/cpu");
    private static final String LIMITS = "limits";
    private static final String LOAD = "load";
    private static final String STEAL = "steal";

    private final Placement pair;
    private final List<Environment.Library> libraries = ClassPath.libraries();
    private final double loadBefore = loadAverage();
    private final Map<String, String> before;

    private EnvironmentProbe(Placement pair, Quiet quiet) {
        this.pair = pair;
        this.before = load();
        before.put(Details.OTHERS, Quiet.percent(quiet.othersPart()));
        before.put(Details.WAITED, String.format(Locale.ROOT, "%.1f s", quiet.waitedNs() / 1e9));
    }

    /**
     * Describes the machine, with the doctor's findings. Measures nothing.
     *
     * @param cpus the two CPUs that would be used
     * @param quietWithin how long to wait at most until others use little of the CPUs
     * @return the machine
     */
    public static Environment of(List<Integer> cpus, Duration quietWithin) {
        Quiet quiet = Quiet.await(quietWithin.toNanos(), () -> false, Quiet::look);
        return begin(Placement.of(cpus), quiet).end(List.of());
    }

    /** Begins: notes what else runs. */
    static EnvironmentProbe begin(Placement pair, Quiet quiet) {
        return new EnvironmentProbe(pair, quiet);
    }

    /** Ends: notes it again, and all that does not change. */
    Environment end(List<Fork> forks) {
        Map<String, Map<String, String>> details = facts("facts.txt");
        Map<String, String> limits = details.remove(LIMITS);
        limits.replaceAll((name, text) -> text.replaceAll("\\s+", " "));
        Map<String, String> cpu = details.get(Details.CPU);
        List<String> flags = List.of(cpu.getOrDefault("flags", "").split(" "));
        cpu.put("flags", flagsThatMatter(flags));
        String model = cpu.remove("model name");
        Map<String, String> topology = details.get(Details.TOPOLOGY);
        topology.putAll(CpuTopology.of(allowed()).describe());
        topology.put("relation of the pair", pair.name());
        details.get(Details.VIRTUALIZATION).put(STEAL, stealPerMille());
        kernel(details.get(Details.KERNEL));
        details.put(Details.MITIGATIONS, files(CPU.resolve("vulnerabilities")));
        details.get(Details.IDLE).put("states", idleStates());
        memory(details.get(Details.MEMORY));
        scheduling(details.get(Details.SCHEDULING));
        details.put(Details.LOAD_BEFORE, before);
        details.put(Details.LOAD_DURING, during(forks));
        details.put(Details.LOAD_AFTER, load());
        if (!forks.isEmpty()) {
            String others = Quiet.percent(Quiet.look());
            details.get(Details.LOAD_AFTER).put(Details.OTHERS, others);
        }
        details.put(Details.JVM, jvm());
        details.values().forEach(group -> group.values().removeIf(String::isEmpty));
        String clocks = details.get(Details.CLOCK).getOrDefault("available", "");
        String hypervisor = clocks.contains("kvm-clock") ? "KVM" : "an unnamed hypervisor";
        Environment machine =
                EnvironmentBuilder.builder()
                        .cpuModel(model == null ? System.getProperty("os.arch") : model)
                        .cpus(Runtime.getRuntime().availableProcessors())
                        .cpuPair(pair.cpus())
                        .virtualization(flags.contains("hypervisor") ? hypervisor : "none")
                        .kernel(
                                System.getProperty("os.name")
                                        + " "
                                        + System.getProperty("os.version"))
                        .clocksource(details.get(Details.CLOCK).getOrDefault("current", ""))
                        .jvm(System.getProperty("java.vm.name"))
                        .jvmVersion(Runtime.version().toString())
                        // The ends', not this process's own.
                        .gc(PairLauncher.FLAGS.contains("-XX:+UseSerialGC") ? "Serial" : "")
                        .loadBefore(loadBefore)
                        .loadAfter(loadAverage())
                        .limits(limits)
                        .details(details)
                        .libraries(libraries)
                        .build();
        return machine.withNotes(Doctor.examine(machine));
    }

    /** Returns the columns of a table's lines, which are separated by bars. */
    private static List<String[]> table(String name) {
        return Resource.text(EnvironmentProbe.class, name)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("\\|"))
                .toList();
    }

    /** Reads the files that a table names; limits of mechanisms are one of its groups. */
    private Map<String, Map<String, String>> facts(String table) {
        Map<String, Map<String, String>> facts = new TreeMap<>();
        for (String[] row : table(table)) {
            Map<String, String> group = facts.computeIfAbsent(row[0], g -> new TreeMap<>());
            for (int cpu : row[1].contains("{n}") ? pair.cpus() : List.of(0)) {
                String n = Integer.toString(cpu);
                String text = Proc.read(row[2].replace("{n}", n));
                if (row.length > 3) {
                    String rest = Proc.line(text, row[3].replace("{t}", "\t"));
                    text = rest.replaceFirst("^:\\s*", "");
                }
                group.put(row[1].replace("{n}", n), text);
            }
            group.values().removeIf(String::isEmpty);
        }
        return facts;
    }

    /** Returns what this tool, or this machine, does not report. */
    List<NotMeasured> notMeasured() {
        List<NotMeasured> missing = new ArrayList<>();
        table("not-measured.txt").forEach(row -> missing.add(new NotMeasured(row[0], row[1])));
        missing.add(
                new NotMeasured(
                        "instructions and cycles per message",
                        "no counters of the processor are read; perf_event_paranoid is "
                                + Proc.read("/proc/sys/kernel/perf_event_paranoid")));
        missing.add(
                new NotMeasured(
                        "energy per message",
                        Files.isReadable(Path.of("/sys/class/powercap/intel-rapl:0/energy_uj"))
                                ? "this version does not read the counters that the machine has"
                                : "this machine has no counters of energy that may be read"));
        Transports.missingPeers()
                .ifPresent(hint -> missing.add(new NotMeasured("other libraries", hint)));
        Map<String, Placement> here = CpuTopology.of(allowed()).placements();
        for (String name : List.of(SMT, SAME_LLC, CROSS_LLC, CROSS_SOCKET)) {
            if (!here.containsKey(name)) {
                missing.add(
                        new NotMeasured("placement " + name, "this machine shows no such CPUs"));
            }
        }
        return missing;
    }

    private static List<Integer> allowed() {
        String status = Proc.read("/proc/self/status");
        return List.copyOf(CpuTopology.list(Proc.line(status, "Cpus_allowed_list:")));
    }

    private static double loadAverage() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Returns what others used while messages flowed. */
    private static Map<String, String> during(List<Fork> forks) {
        List<Fork> known =
                forks.stream()
                        .filter(fork -> fork.system() != null && fork.system().otherCpuNs() != null)
                        .toList();
        double capacity =
                sum(known, fork -> fork.system().wallNs())
                        * Runtime.getRuntime().availableProcessors();
        Map<String, String> facts = new TreeMap<>();
        if (capacity > 0) {
            double steal = sum(known, f -> f.system().stealNs() == null ? 0 : f.system().stealNs());
            double others = sum(known, Disturbance::othersNs);
            facts.put(Details.OTHERS, Quiet.percent(others / capacity));
            facts.put(STEAL, Quiet.percent(steal / capacity));
        }
        return facts;
    }

    private static double sum(List<Fork> forks, ToDoubleFunction<Fork> what) {
        return forks.stream().mapToDouble(what).sum();
    }

    private Map<String, String> load() {
        Map<String, String> load = facts("load.txt").get(LOAD);
        load.put(STEAL, stealPerMille());
        load.put("other java processes", Long.toString(otherJava()));
        return load;
    }

    /** Returns the steal since the machine was started, of all its CPU time. */
    private static String stealPerMille() {
        String[] ticks = Proc.line(Proc.read("/proc/stat"), "cpu ").split("\\s+");
        if (ticks.length < 8) {
            return "";
        }
        double all = Arrays.stream(ticks).limit(8).mapToDouble(Double::parseDouble).sum();
        double stolen = 1000 * Double.parseDouble(ticks[7]) / all;
        return String.format(Locale.ROOT, "%.1f per mille since the machine was started", stolen);
    }

    private static long otherJava() {
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != self)
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .filter(process -> process.parent().map(ProcessHandle::pid).orElse(0L) != self)
                .count();
    }

    private static String flagsThatMatter(List<String> flags) {
        return Stream.of(
                        "constant_tsc", "nonstop_tsc", "erms", "fsrm", "waitpkg", "avx2", "avx512f")
                .filter(flags::contains)
                .collect(Collectors.joining(" "));
    }

    private static void kernel(Map<String, String> facts) {
        List<String> configuration = configuration().lines().toList();
        boolean ticks = configuration.contains("CONFIG_TICK_CPU_ACCOUNTING=y");
        boolean exact = configuration.contains("CONFIG_VIRT_CPU_ACCOUNTING_GEN=y");
        facts.put("hz", Proc.line(String.join("\n", configuration), "CONFIG_HZ="));
        facts.put("cputime accounting", ticks ? "tick" : exact ? "exact" : "");
        facts.put(
                "preemption",
                configuration.stream()
                        .filter(line -> line.matches("CONFIG_PREEMPT(_[A-Z]+)?=y"))
                        .collect(Collectors.joining(" ")));
    }

    private static String configuration() {
        try (var in = new GZIPInputStream(Files.newInputStream(Path.of("/proc/config.gz")))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return Proc.read("/boot/config-" + System.getProperty("os.version"));
        }
    }

    private String idleStates() {
        Path states = CPU.resolve("cpu" + Math.max(0, pair.cpu(0))).resolve("cpuidle");
        return IntStream.range(0, 10)
                .mapToObj(i -> Proc.read(states.resolve("state" + i).resolve("name")))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static void memory(Map<String, String> facts) {
        try {
            Path scratch = PairLauncher.scratch();
            var store = Files.getFileStore(scratch);
            facts.put("files of the ends", scratch + " on " + store.type());
            facts.put("space there", Long.toString(store.getUsableSpace()));
        } catch (IOException e) {
            facts.put("files of the ends", e.toString());
        }
        facts.put("page size", Integer.toString(Mapping.pageSize()));
    }

    private static void scheduling(Map<String, String> facts) {
        String stat = Proc.read("/proc/self/stat");
        String fields = stat.substring(stat.lastIndexOf(')') + 1);
        Proc.number(fields, 16).ifPresent(n -> facts.put("nice", Long.toString(n)));
        Proc.number(fields, 38).ifPresent(n -> facts.put("policy", Long.toString(n)));
    }

    private static Map<String, String> jvm() {
        String collectors =
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(", "));
        return new TreeMap<>(
                Map.of(
                        "vendor", System.getProperty("java.vendor"),
                        "flags of the ends", String.join(" ", PairLauncher.FLAGS),
                        "class archive of the ends", ClassArchive.origin(),
                        "collectors of the coordinator", collectors));
    }

    private static Map<String, String> files(Path directory) {
        Map<String, String> facts = new TreeMap<>();
        String[] names = directory.toFile().list(); // null if this machine does not report it
        for (String name : names == null ? new String[0] : names) {
            facts.put(name, Proc.read(directory.resolve(name)));
        }
        return facts;
    }
}
