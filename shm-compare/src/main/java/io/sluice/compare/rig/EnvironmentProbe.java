package io.sluice.compare.rig;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Sha256;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Records what a reader must know of the machine, in the machine's own words. */
final class EnvironmentProbe {
    private static final Path CPU = Path.of("/sys/devices/system/cpu");
    private static final Path CLOCK = Path.of("/sys/devices/system/clocksource/clocksource0");

    /** Limits of mechanisms: the name, and the kernel's file for it. */
    private static final Map<String, String> LIMITS =
            Map.ofEntries(
                    Map.entry("pipe-max-size", "/proc/sys/fs/pipe-max-size"),
                    Map.entry("pipe-user-pages-soft", "/proc/sys/fs/pipe-user-pages-soft"),
                    Map.entry("wmem_default", "/proc/sys/net/core/wmem_default"),
                    Map.entry("wmem_max", "/proc/sys/net/core/wmem_max"),
                    Map.entry("rmem_default", "/proc/sys/net/core/rmem_default"),
                    Map.entry("tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem"),
                    Map.entry("tcp_wmem", "/proc/sys/net/ipv4/tcp_wmem"),
                    Map.entry("max_dgram_qlen", "/proc/sys/net/unix/max_dgram_qlen"),
                    Map.entry("mq_msg_max", "/proc/sys/fs/mqueue/msg_max"),
                    Map.entry("mq_msgsize_max", "/proc/sys/fs/mqueue/msgsize_max"),
                    Map.entry("mq_queues_max", "/proc/sys/fs/mqueue/queues_max"),
                    Map.entry("msgmax", "/proc/sys/kernel/msgmax"),
                    Map.entry("msgmnb", "/proc/sys/kernel/msgmnb"),
                    Map.entry("msgmni", "/proc/sys/kernel/msgmni"));

    /** What this version does not measure, though a reader may expect it. */
    private static final List<NotMeasured> NOT_HERE =
            List.of(
                    new NotMeasured(
                            "shared memory in a memfd, on a disk, in huge pages",
                            "only files in memory (tmpfs) are measured; other backings are not"
                                    + " implemented here"),
                    new NotMeasured(
                            "agrona.broadcast",
                            "lossy by design: a receiver that is overrun loses messages, so it is"
                                    + " not comparable with channels that do not lose"),
                    new NotMeasured("mappedbus", "not implemented here"),
                    new NotMeasured("tachyon", "not implemented here"),
                    new NotMeasured(
                            "a receiver that copies messages out",
                            "shared memory is read in place; what a copy costs is in the floor"
                                    + " (memcpy) and in the rows of sluice that copy in"),
                    new NotMeasured(
                            "messages sent in fragments (--fragment)",
                            "a size that a mechanism cannot carry whole is not available; nothing"
                                    + " is cut into pieces"));

    private final Placement pair;
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
        Map<String, Map<String, String>> details = new TreeMap<>();
        details.put(Details.CPU, cpu());
        details.put(Details.TOPOLOGY, topology());
        details.put(Details.VIRTUALIZATION, virtualization());
        details.put(Details.KERNEL, kernel());
        details.put(Details.MITIGATIONS, files(CPU.resolve("vulnerabilities")));
        details.put(Details.POWER, power());
        details.put(Details.IDLE, idle());
        details.put(Details.CLOCK, clock());
        details.put(Details.MEMORY, memory());
        details.put(Details.SCHEDULING, scheduling());
        details.put(Details.PERMISSIONS, permissions());
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
        Environment environment =
                new Environment(
                        model.isEmpty() ? System.getProperty("os.arch") : model,
                        Runtime.getRuntime().availableProcessors(),
                        pair.cpus(),
                        virtual ? hypervisor() : "none",
                        System.getProperty("os.name") + " " + System.getProperty("os.version"),
                        Proc.read(CLOCK.resolve("current_clocksource")),
                        System.getProperty("java.vm.name"),
                        Runtime.version().toString(),
                        // The ends', not this process's own.
                        PairLauncher.FLAGS.contains("-XX:+UseSerialGC") ? "Serial" : "",
                        loadBefore,
                        loadAverage(),
                        List.of(),
                        limits(),
                        details,
                        libraries());
        return new Environment(
                environment.cpuModel(),
                environment.cpus(),
                environment.cpuPair(),
                environment.virtualization(),
                environment.kernel(),
                environment.clocksource(),
                environment.jvm(),
                environment.jvmVersion(),
                environment.gc(),
                environment.loadBefore(),
                environment.loadAfter(),
                Doctor.examine(environment),
                environment.limits(),
                environment.details(),
                environment.libraries());
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

    private static Map<String, String> cpu() {
        Map<String, String> facts = new TreeMap<>();
        for (String key :
                List.of("vendor_id", "cpu family", "model", "stepping", "microcode", "cpu MHz")) {
            facts.put(key, cpuInfo(key));
        }
        String flags = " " + cpuInfo("flags") + " ";
        facts.put(
                "flags",
                List.of("constant_tsc", "nonstop_tsc", "erms", "fsrm", "waitpkg", "avx2", "avx512f")
                        .stream()
                        .filter(flag -> flags.contains(" " + flag + " "))
                        .collect(Collectors.joining(" ")));
        return facts;
    }

    private Map<String, String> topology() {
        Map<String, String> facts = CpuTopology.of(allowed()).describe();
        facts.put("relation of the pair", pair.name());
        facts.put("smt", Proc.read(CPU.resolve("smt/control")));
        facts.put("isolated", Proc.read(CPU.resolve("isolated")));
        return facts;
    }

    private static Map<String, String> virtualization() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("vendor", Proc.read("/sys/class/dmi/id/sys_vendor"));
        facts.put("product", Proc.read("/sys/class/dmi/id/product_name"));
        facts.put("hypervisor", Proc.read("/sys/hypervisor/type"));
        facts.put("cpu.max", Proc.read("/sys/fs/cgroup/cpu.max"));
        facts.put("cpuset", Proc.read("/sys/fs/cgroup/cpuset.cpus.effective"));
        facts.put("steal", stealPerMille());
        return facts;
    }

    private static Map<String, String> kernel() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("version", Proc.read("/proc/version"));
        facts.put("command line", Proc.read("/proc/cmdline"));
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
        return facts;
    }

    private static String configuration() {
        try (var in =
                new java.util.zip.GZIPInputStream(
                        Files.newInputStream(Path.of("/proc/config.gz")))) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            return Proc.read("/boot/config-" + System.getProperty("os.version"));
        }
    }

    private Map<String, String> power() {
        Map<String, String> facts = new TreeMap<>();
        for (int cpu : pair.cpus()) {
            Path scaling = CPU.resolve("cpu" + cpu).resolve("cpufreq");
            for (String name :
                    List.of(
                            "scaling_driver",
                            "scaling_governor",
                            "energy_performance_preference",
                            "scaling_max_freq")) {
                facts.put("cpu" + cpu + " " + name, Proc.read(scaling.resolve(name)));
            }
        }
        facts.put("no_turbo", Proc.read(CPU.resolve("intel_pstate/no_turbo")));
        facts.put("boost", Proc.read(CPU.resolve("cpufreq/boost")));
        return facts;
    }

    private Map<String, String> idle() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("driver", Proc.read(CPU.resolve("cpuidle/current_driver")));
        facts.put("governor", Proc.read(CPU.resolve("cpuidle/current_governor")));
        facts.put(
                "guest_halt_poll_ns",
                Proc.read("/sys/module/haltpoll/parameters/guest_halt_poll_ns"));
        Path states = CPU.resolve("cpu" + Math.max(0, pair.cpu(0))).resolve("cpuidle");
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            String name = Proc.read(states.resolve("state" + i).resolve("name"));
            names.append(names.isEmpty() || name.isEmpty() ? "" : ", ").append(name);
        }
        facts.put("states", names.toString());
        return facts;
    }

    private static Map<String, String> clock() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("current", Proc.read(CLOCK.resolve("current_clocksource")));
        facts.put("available", Proc.read(CLOCK.resolve("available_clocksource")));
        return facts;
    }

    private static Map<String, String> memory() {
        Map<String, String> facts = new TreeMap<>();
        String info = Proc.read("/proc/meminfo");
        facts.put("total", Proc.line(info, "MemTotal:"));
        facts.put("available", Proc.line(info, "MemAvailable:"));
        String total = Proc.line(info, "SwapTotal:");
        facts.put("swap", total);
        facts.put("swap free", Proc.line(info, "SwapFree:"));
        facts.put(
                "transparent huge pages", Proc.read("/sys/kernel/mm/transparent_hugepage/enabled"));
        facts.put(
                "transparent huge pages of shared memory",
                Proc.read("/sys/kernel/mm/transparent_hugepage/shmem_enabled"));
        try {
            Path scratch = PairLauncher.scratch();
            FileStore store = Files.getFileStore(scratch);
            facts.put("files of the ends", scratch + " on " + store.type());
            facts.put("space there", Long.toString(store.getUsableSpace()));
        } catch (IOException e) {
            facts.put("files of the ends", e.toString());
        }
        facts.put("page size", Integer.toString(io.sluice.linux.Mapping.pageSize()));
        return facts;
    }

    private static Map<String, String> scheduling() {
        Map<String, String> facts = new TreeMap<>();
        String stat = Proc.read("/proc/self/stat");
        String fields = stat.substring(stat.lastIndexOf(')') + 1);
        facts.put(
                "nice",
                Proc.number(fields, 16).stream().mapToObj(Long::toString).findFirst().orElse(""));
        facts.put(
                "policy",
                Proc.number(fields, 38).stream().mapToObj(Long::toString).findFirst().orElse(""));
        facts.put("allowed cpus", Proc.line(Proc.read("/proc/self/status"), "Cpus_allowed_list:"));
        return facts;
    }

    private static Map<String, String> permissions() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("perf_event_paranoid", Proc.read("/proc/sys/kernel/perf_event_paranoid"));
        facts.put("yama ptrace_scope", Proc.read("/proc/sys/kernel/yama/ptrace_scope"));
        facts.put("seccomp", Proc.line(Proc.read("/proc/self/status"), "Seccomp:"));
        return facts;
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

    private static Map<String, String> limits() {
        Map<String, String> limits = new TreeMap<>();
        LIMITS.forEach((name, file) -> limits.put(name, Proc.read(file)));
        limits.put(
                "RLIMIT_MSGQUEUE", // soft and hard, in bytes
                Proc.line(Proc.read("/proc/self/limits"), "Max msgqueue size")
                        .replaceAll("\\s+", " "));
        limits.values().removeIf(String::isEmpty);
        return limits;
    }

    /**
     * Returns the files of the class path, with their digests, and what was put into one of them.
     */
    static List<Environment.Library> libraries() {
        List<Environment.Library> libraries = new ArrayList<>();
        Properties built = new Properties();
        try (InputStream in = EnvironmentProbe.class.getResourceAsStream("libraries.properties")) {
            built.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : new TreeSet<>(built.stringPropertyNames())) {
            libraries.add(new Environment.Library(name, built.getProperty(name), null));
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(entry);
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
