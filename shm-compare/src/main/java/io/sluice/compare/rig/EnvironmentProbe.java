package io.sluice.compare.rig;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Sha256;
import io.sluice.compare.transport.Transports;
import io.sluice.linux.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Records what a reader must know of the machine, in the machine's own words. */
final class EnvironmentProbe {
    private static final Path CPU = Path.of("/sys/devices/system/cpu");
    private static final String LIMITS = "limits";
    private static final String LIBRARIES = "META-INF/shm-compare/libraries.properties";
    private static final ClassLoader LOADER = EnvironmentProbe.class.getClassLoader();
    private static final Path CLOCK = Path.of("/sys/devices/system/clocksource/clocksource0");

    /** What this version does not measure, though a reader may expect it. */
    private static final List<NotMeasured> NOT_HERE =
            List.of(
                    new NotMeasured(
                            "shared memory on a disk",
                            "only files in memory (tmpfs, memfd) are measured: this program has no"
                                    + " option to place the shared memory elsewhere"),
                    new NotMeasured(
                            "agrona.broadcast",
                            "lossy by design: a receiver that is overrun loses messages, so it is"
                                    + " not comparable with channels that do not lose"),
                    new NotMeasured(
                            "jeromq",
                            "its ipc:// is TCP at a port computed from the name, and a thread of its"
                                    + " own moves each message: neither a Unix socket nor an end"
                                    + " whose CPU time is its thread's"),
                    new NotMeasured(
                            "mappedbus", "a library for Java; this program has no adapter for it"),
                    new NotMeasured(
                            "tachyon",
                            "a native library with a binding for Java; this program has no adapter"
                                    + " for it"),
                    new NotMeasured(
                            "a receiver that copies messages out",
                            "shared memory is read in place; what a copy costs is in the floor"
                                    + " (memcpy) and in the rows of sluice that copy in"),
                    new NotMeasured(
                            "messages sent in fragments (--fragment)",
                            "a size that a mechanism cannot carry whole is not available; nothing"
                                    + " is cut into pieces"));

    private final Placement pair;
    private final List<Environment.Library> libraries = libraries();
    private final double loadBefore;
    private final Map<String, String> before;

    private EnvironmentProbe(Placement pair, Quiet quiet) {
        this.pair = pair;
        this.loadBefore = loadAverage();
        this.before = load();
        before.put(Details.OTHERS, Quiet.percent(quiet.othersPart()));
        before.put(Details.WAITED, String.format(Locale.ROOT, "%.1f s", quiet.waitedNs() / 1e9));
    }

    /** Begins: notes what else runs. */
    static EnvironmentProbe begin(Placement pair, Quiet quiet) {
        return new EnvironmentProbe(pair, quiet);
    }

    /** Ends: notes it again, and all that does not change. */
    Environment end(List<Fork> forks) {
        boolean virtual = (" " + cpuInfo("flags") + " ").contains(" hypervisor ");
        Map<String, Map<String, String>> details = facts();
        Map<String, String> limits = details.remove(LIMITS);
        limits.replaceAll((name, text) -> text.replaceAll("\\s+", " "));
        details.get(Details.CPU).put("flags", cpuFlags());
        topology(details.get(Details.TOPOLOGY));
        details.get(Details.VIRTUALIZATION).put("steal", stealPerMille());
        kernel(details.get(Details.KERNEL));
        details.put(Details.MITIGATIONS, files(CPU.resolve("vulnerabilities")));
        details.get(Details.IDLE).put("states", idleStates());
        memory(details.get(Details.MEMORY));
        scheduling(details.get(Details.SCHEDULING));
        details.put(Details.LOAD_BEFORE, before);
        details.put(Details.LOAD_DURING, during(forks));
        Map<String, String> after = load();
        if (!forks.isEmpty()) {
            after.put(Details.OTHERS, Quiet.percent(Quiet.now().othersPart()));
        }
        details.put(Details.LOAD_AFTER, after);
        details.put(Details.JVM, jvm());
        details.values().forEach(group -> group.values().removeIf(String::isEmpty));
        String model = cpuInfo("model name");
        Function<List<Note>, Environment> machine =
                notes ->
                        new Environment(
                                model.isEmpty() ? System.getProperty("os.arch") : model,
                                Runtime.getRuntime().availableProcessors(),
                                pair.cpus(),
                                virtual ? hypervisor() : "none",
                                System.getProperty("os.name")
                                        + " "
                                        + System.getProperty("os.version"),
                                Proc.read(CLOCK.resolve("current_clocksource")),
                                System.getProperty("java.vm.name"),
                                Runtime.version().toString(),
                                // The ends', not this process's own.
                                PairLauncher.FLAGS.contains("-XX:+UseSerialGC") ? "Serial" : "",
                                loadBefore,
                                loadAverage(),
                                notes,
                                limits,
                                details,
                                libraries);
        return machine.apply(Doctor.examine(machine.apply(List.of())));
    }

    /** Reads the files that the table names; limits of mechanisms are one of its groups. */
    private Map<String, Map<String, String>> facts() {
        Map<String, Map<String, String>> facts = new TreeMap<>();
        for (String row : resource("facts.txt").lines().filter(l -> !l.startsWith("#")).toList()) {
            for (int cpu : row.contains("{n}") ? pair.cpus() : List.of(0)) {
                String[] parts = row.replace("{n}", Integer.toString(cpu)).split("\\|");
                String text = Proc.read(parts[2]);
                if (parts.length > 3) {
                    text =
                            Proc.line(text, parts[3].replace("{t}", "\t"))
                                    .replaceFirst("^:\\s*", "");
                }
                Map<String, String> group = facts.computeIfAbsent(parts[0], g -> new TreeMap<>());
                if (!text.isEmpty()) {
                    group.put(parts[1], text);
                }
            }
        }
        return facts;
    }

    private static String resource(String name) {
        try (InputStream in = EnvironmentProbe.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what this tool, or this machine, does not report. */
    List<NotMeasured> notMeasured() {
        List<NotMeasured> missing = new ArrayList<>(NOT_HERE);
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
        for (String name :
                List.of(
                        Placement.SMT,
                        Placement.SAME_LLC,
                        Placement.CROSS_LLC,
                        Placement.CROSS_SOCKET)) {
            if (!here.containsKey(name)) {
                missing.add(
                        new NotMeasured("placement " + name, "this machine shows no such CPUs"));
            }
        }
        return missing;
    }

    private static List<Integer> allowed() {
        return new ArrayList<>(
                CpuTopology.list(Proc.line(Proc.read("/proc/self/status"), "Cpus_allowed_list:")));
    }

    static double loadAverage() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Returns what others used while messages flowed. */
    private static Map<String, String> during(List<Fork> forks) {
        double capacity = 0;
        double others = 0;
        double steal = 0;
        for (Fork fork : forks) {
            if (fork.system() != null && fork.system().otherCpuNs() != null) {
                capacity +=
                        fork.system().wallNs()
                                * (double) Runtime.getRuntime().availableProcessors();
                others += Disturbance.othersNs(fork);
                steal += fork.system().stealNs() == null ? 0 : fork.system().stealNs();
            }
        }
        Map<String, String> facts = new TreeMap<>();
        if (capacity > 0) {
            facts.put(Details.OTHERS, Quiet.percent(others / capacity));
            facts.put("steal", Quiet.percent(steal / capacity));
        }
        return facts;
    }

    private static Map<String, String> load() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("load average", Proc.read("/proc/loadavg"));
        facts.put("cpu pressure", Proc.line(Proc.read("/proc/pressure/cpu"), "some"));
        facts.put("memory pressure", Proc.line(Proc.read("/proc/pressure/memory"), "some"));
        facts.put("io pressure", Proc.line(Proc.read("/proc/pressure/io"), "some"));
        facts.put("steal", stealPerMille());
        facts.put("other java processes", Long.toString(otherJava()));
        return facts;
    }

    /** Returns the steal since the machine was started, of all its CPU time. */
    private static String stealPerMille() {
        String[] ticks = Proc.line(Proc.read("/proc/stat"), "cpu ").split("\\s+");
        if (ticks.length < 8) {
            return "";
        }
        double all = 0;
        for (int i = 0; i < 8; i++) {
            all += Double.parseDouble(ticks[i]);
        }
        return String.format(
                Locale.ROOT,
                "%.1f per mille since the machine was started",
                1000 * Double.parseDouble(ticks[7]) / all);
    }

    private static long otherJava() {
        ProcessHandle self = ProcessHandle.current();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != self.pid())
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .filter(
                        process ->
                                process.parent().map(ProcessHandle::pid).orElse(0L) != self.pid())
                .count();
    }

    private static String cpuFlags() {
        String flags = " " + cpuInfo("flags") + " ";
        return Stream.of(
                        "constant_tsc", "nonstop_tsc", "erms", "fsrm", "waitpkg", "avx2", "avx512f")
                .filter(flag -> flags.contains(" " + flag + " "))
                .collect(Collectors.joining(" "));
    }

    private void topology(Map<String, String> facts) {
        facts.putAll(CpuTopology.of(allowed()).describe());
        facts.put("relation of the pair", pair.name());
    }

    private static void kernel(Map<String, String> facts) {
        String configuration = configuration();
        facts.put("hz", Proc.line(configuration, "CONFIG_HZ="));
        boolean ticks = configuration.contains("CONFIG_TICK_CPU_ACCOUNTING=y");
        boolean exact = configuration.contains("CONFIG_VIRT_CPU_ACCOUNTING_GEN=y");
        facts.put("cputime accounting", ticks ? "tick" : exact ? "exact" : "");
        facts.put(
                "preemption",
                configuration
                        .lines()
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
            FileStore store = Files.getFileStore(scratch);
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
        Map<String, String> facts = new TreeMap<>();
        facts.put("vendor", System.getProperty("java.vendor"));
        facts.put("flags of the ends", String.join(" ", PairLauncher.FLAGS));
        facts.put("class archive of the ends", ClassArchive.origin());
        facts.put(
                "collectors of the coordinator",
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(", ")));
        return facts;
    }

    /**
     * Returns the files of the class path, with their digests, and what was put into each of them.
     */
    static List<Environment.Library> libraries() {
        List<Environment.Library> libraries = new ArrayList<>();
        Properties built = new Properties();
        try {
            for (URL each : Collections.list(LOADER.getResources(LIBRARIES))) {
                try (InputStream in = each.openStream()) {
                    built.load(in);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : new TreeSet<>(built.stringPropertyNames())) {
            libraries.add(new Environment.Library(name, built.getProperty(name), null));
        }
        for (Path file : ClassPath.entries()) {
            if (Files.isRegularFile(file)) {
                String name = file.getFileName().toString();
                String version = name.replaceFirst("^.*?-([0-9].*)\\.jar$", "$1");
                libraries.add(
                        new Environment.Library(
                                name, version.equals(name) ? null : version, Sha256.of(file)));
            }
        }
        return libraries;
    }

    private static String hypervisor() {
        return Proc.read(CLOCK.resolve("available_clocksource")).contains("kvm-clock")
                ? "KVM"
                : "an unnamed hypervisor";
    }

    private static Map<String, String> files(Path directory) {
        Map<String, String> facts = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(file -> facts.put(file.getFileName().toString(), Proc.read(file)));
        } catch (IOException e) {
            // This machine does not report it.
        }
        return facts;
    }

    private static String cpuInfo(String key) {
        return Proc.read("/proc/cpuinfo")
                .lines()
                .filter(line -> line.startsWith(key + "\t") || line.startsWith(key + " :"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
    }
}
