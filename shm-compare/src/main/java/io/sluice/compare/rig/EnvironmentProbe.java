package io.sluice.compare.rig;

import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Note;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes down what a reader must know of the machine, and what may spoil the numbers. */
final class EnvironmentProbe {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path CLOCK_SOURCE =
            Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");

    private EnvironmentProbe() {}

    static double load() {
        return Math.max(0, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    static Environment describe(List<Integer> cpuPair, double loadBefore, double loadAfter) {
        String model = cpuInfo("model name");
        boolean virtual = cpuInfo("flags").contains(" hypervisor");
        String clock = read(CLOCK_SOURCE);
        return new Environment(
                model.isEmpty() ? System.getProperty("os.arch") : model,
                Runtime.getRuntime().availableProcessors(),
                cpuPair,
                virtual ? hypervisor() : "none",
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                clock,
                System.getProperty("java.vm.name"),
                Runtime.version().toString(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(", ")),
                loadBefore,
                loadAfter,
                notes(virtual, clock, loadBefore),
                limits());
    }

    private static String hypervisor() {
        Path sources = CLOCK_SOURCE.resolveSibling("available_clocksource");
        return read(sources).contains("kvm-clock") ? "KVM" : "an unnamed hypervisor";
    }

    private static List<Note> notes(boolean virtual, String clock, double loadBefore) {
        List<Note> notes = new ArrayList<>();
        int cpus = Runtime.getRuntime().availableProcessors();
        if (virtual) {
            notes.add(
                    new Note(
                            Note.YELLOW,
                            "This is a virtual machine: waking an idle CPU costs much more than on"
                                    + " bare metal, and the host may move the CPUs or take them away",
                            "Run on bare metal for numbers that hold elsewhere"));
        }
        if (cpus <= 2) {
            notes.add(
                    new Note(
                            Note.YELLOW,
                            "Two spinning ends use both CPUs: whatever else runs shows up in the"
                                    + " tail",
                            "Use a machine with four or more CPUs for the tail"));
        }
        if (!clock.equals("tsc") && System.getProperty("os.arch").equals("amd64")) {
            notes.add(
                    new Note(
                            Note.YELLOW,
                            "The clock source is '" + clock + "': reading it may be slow",
                            "See the clock in the floor; select tsc if the machine has it"));
        }
        if (loadBefore > 0.5 * cpus) {
            notes.add(
                    new Note(
                            Note.YELLOW,
                            String.format(
                                    "The load was %.2f before the run: others used the CPUs",
                                    loadBefore),
                            "Stop what else runs, and run again"));
        }
        return notes;
    }

    private static Map<String, String> limits() {
        Map<String, String> limits = new TreeMap<>();
        limits.put("pipe-max-size", read(Path.of("/proc/sys/fs/pipe-max-size")));
        limits.put("wmem_default", read(Path.of("/proc/sys/net/core/wmem_default")));
        return limits;
    }

    private static String cpuInfo(String key) {
        return read(CPU_INFO)
                .lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1))
                .map(value -> key.equals("flags") ? value + " " : value.strip())
                .orElse("");
    }

    /** A sysctl gives all it has to the first read, and nothing to a second. */
    private static String read(Path file) {
        try (InputStream in = new FileInputStream(file.toFile())) {
            byte[] text = new byte[1 << 16];
            int length = in.read(text);
            return length < 0 ? "" : new String(text, 0, length, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
