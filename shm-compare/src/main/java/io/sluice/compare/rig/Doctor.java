package io.sluice.compare.rig;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Reports what a machine does to measurements, and how to change it. Probes nothing itself. */
public final class Doctor {
    private static final double DURING = 0.05;
    private static final double AFTER = 0.20;
    private static final double STEAL_PER_MILLE = 5;
    private static final long SPACE_BYTES = 64L << 20;
    private static final List<String> GOOD_CLOCKS = List.of("tsc", "arch_sys_counter", "kvm-clock");

    private final Environment machine;
    private final List<Note> notes = new ArrayList<>();

    private Doctor(Environment machine) {
        this.machine = machine;
    }

    /**
     * Examines a machine.
     *
     * @param machine what is known of it
     * @return a finding for each check that could be made, in the order of their weight
     */
    public static List<Note> examine(Environment machine) {
        Doctor doctor = new Doctor(machine);
        doctor.clocksource();
        doctor.cpus();
        doctor.relation();
        doctor.load();
        doctor.otherJava();
        doctor.steal();
        doctor.virtualization();
        doctor.quota();
        doctor.governor();
        doctor.turbo();
        doctor.halting();
        doctor.swap();
        doctor.sharedMemory();
        doctor.accounting();
        doctor.counters();
        doctor.tracing();
        doctor.niceness();
        return List.copyOf(doctor.notes);
    }

    private void clocksource() {
        String clock = machine.clocksource();
        if (clock == null || clock.isEmpty()) {
            return;
        }
        if (GOOD_CLOCKS.contains(clock)) {
            green("clocksource", "The clock is read without entering the kernel (" + clock + ")");
        } else {
            red(
                    "clocksource",
                    "The clock source is '"
                            + clock
                            + "': reading it enters the kernel, and is slow",
                    "Select tsc if the machine has it: write tsc to"
                            + " /sys/devices/system/clocksource/clocksource0/current_clocksource");
        }
    }

    private void cpus() {
        if (machine.cpus() == 1) {
            red(
                    "cpus",
                    "There is one CPU: two ends that spin take turns of milliseconds",
                    "Use a machine with two CPUs or more, or give this process more with taskset");
        } else if (machine.cpus() <= 2) {
            yellow(
                    "cpus",
                    "Two spinning ends use both CPUs: whatever else runs shows up in the tail",
                    "Use a machine with four or more CPUs for the tail");
        } else {
            green("cpus", "There are " + machine.cpus() + " CPUs for two ends");
        }
    }

    private void relation() {
        String relation = machine.detail(Details.TOPOLOGY, "relation of the pair");
        if (relation.equals(Placement.SMT)) {
            yellow(
                    "siblings",
                    "The two ends share a core: their line is near, and each slows the other",
                    "Choose CPUs of different cores with --cpus");
        } else if (relation.equals(Placement.ONE_CPU)) {
            yellow("siblings", "The two ends share a CPU", "Choose two CPUs with --cpus");
        }
    }

    /** Judges what others used before, during and after the run, each by itself. */
    private void load() {
        boolean busy =
                load("load", Details.LOAD_BEFORE, "before the run", Quiet.ENOUGH)
                        | load("load-during", Details.LOAD_DURING, "during the run", DURING)
                        | load("load-after", Details.LOAD_AFTER, "after the run", AFTER);
        if (!busy) {
            String others = machine.detail(Details.LOAD_BEFORE, Details.OTHERS);
            green("load", "Others used " + (others.isEmpty() ? "little" : others) + " of the CPUs");
        }
    }

    private boolean load(String id, String group, String when, double allowed) {
        String others = machine.detail(group, Details.OTHERS);
        double part = others.isEmpty() ? 0 : Double.parseDouble(others.split(" ")[0]) / 100;
        if (part <= allowed) {
            return false;
        }
        String waited = machine.detail(group, Details.WAITED);
        note(
                part > 3 * allowed ? Note.RED : Note.YELLOW,
                id,
                "Others used "
                        + others
                        + " of the CPUs "
                        + when
                        + (waited.isEmpty() ? "" : ", after waiting for " + waited),
                "Stop what else runs, and run again");
        return true;
    }

    private void otherJava() {
        OptionalLong others =
                Proc.number(machine.detail(Details.LOAD_BEFORE, "other java processes"), 0);
        if (others.orElse(0) > 0) {
            yellow(
                    "java",
                    "There were " + others.getAsLong() + " other Java processes: are they idle?",
                    "Stop build daemons and services");
        }
    }

    private void steal() {
        String steal = machine.detail(Details.VIRTUALIZATION, "steal");
        if (steal.isEmpty()) {
            return;
        }
        double perMille = Double.parseDouble(steal.split(" ")[0]);
        if (perMille > STEAL_PER_MILLE) {
            yellow(
                    "steal",
                    "The host gives this machine's CPUs to others: " + steal,
                    "Use a dedicated host, and look at the flags V05");
        } else {
            green("steal", "The host hardly takes the CPUs away: " + steal);
        }
    }

    private void virtualization() {
        if (machine.virtualization() == null || machine.virtualization().equals("none")) {
            green("virtualization", "This is no virtual machine, as far as it shows");
        } else {
            yellow(
                    "virtualization",
                    "This is a virtual machine: waking an idle CPU costs much more than on bare"
                            + " metal, and the host may move the CPUs or take them away",
                    "Run on bare metal for numbers that hold elsewhere");
        }
    }

    private void quota() {
        String quota = machine.detail(Details.VIRTUALIZATION, "cpu.max");
        if (!quota.isEmpty() && !quota.startsWith("max")) {
            red(
                    "quota",
                    "This control group's CPU time is limited (cpu.max: " + quota + ")",
                    "Run outside the container, or without its CPU limit");
        }
    }

    private void governor() {
        for (Map.Entry<String, String> fact :
                machine.details().getOrDefault(Details.POWER, Map.of()).entrySet()) {
            boolean governor = fact.getKey().endsWith("scaling_governor");
            if (governor && !fact.getValue().equals("performance")) {
                yellow(
                        "governor",
                        "The frequency governor of "
                                + fact.getKey().split(" ")[0]
                                + " is '"
                                + fact.getValue()
                                + "'",
                        "cpupower frequency-set -g performance");
                return;
            }
        }
    }

    private void turbo() {
        boolean turbo =
                machine.detail(Details.POWER, "no_turbo").equals("0")
                        || machine.detail(Details.POWER, "boost").equals("1");
        if (turbo) {
            yellow(
                    "turbo",
                    "The CPUs may run faster when others are idle: results depend on what else"
                            + " runs",
                    "Switch it off for comparisons (no_turbo or boost), or look at the flags V19");
        }
    }

    private void halting() {
        String polling = machine.detail(Details.IDLE, "guest_halt_poll_ns");
        if (polling.equals("0")) {
            yellow(
                    "haltpoll",
                    "An idle CPU of this guest halts at once: waking it leaves the guest",
                    "Load the module haltpoll with guest_halt_poll_ns=200000 to see the"
                            + " difference");
        }
    }

    private void swap() {
        long total = Proc.number(machine.detail(Details.MEMORY, "swap"), 0).orElse(0);
        long free = Proc.number(machine.detail(Details.MEMORY, "swap free"), 0).orElse(total);
        if (total - free > 0) {
            yellow(
                    "swap",
                    (total - free) / 1024 + " MiB are swapped out",
                    "Free memory, or swapoff -a");
        }
    }

    private void sharedMemory() {
        String files = machine.detail(Details.MEMORY, "files of the ends");
        if (files.isEmpty()) {
            return;
        }
        if (!files.endsWith(" on tmpfs")) {
            red(
                    "shared-memory",
                    "Shared memory lies in " + files + ", not in memory: pages are written back",
                    "Mount a tmpfs on /dev/shm that this user may write to");
        }
        long space =
                Proc.number(machine.detail(Details.MEMORY, "space there"), 0).orElse(SPACE_BYTES);
        if (space < SPACE_BYTES) {
            red(
                    "shared-memory",
                    "There are " + (space >> 20) + " MiB left for shared memory",
                    "Remove files there, or give a container more with --shm-size=256m");
        } else if (files.endsWith(" on tmpfs")) {
            green("shared-memory", "Shared memory lies in " + files);
        }
    }

    private void accounting() {
        if (machine.detail(Details.KERNEL, "cputime accounting").equals("tick")) {
            String hz = machine.detail(Details.KERNEL, "hz");
            yellow(
                    "accounting",
                    "The kernel samples user and system time "
                            + (hz.isEmpty() ? "at each tick" : hz + " times a second")
                            + ": their sum is exact, the split is not",
                    "Take blocks of 4 s or more for the split (suite full)");
        }
    }

    private void counters() {
        OptionalLong paranoid =
                Proc.number(machine.detail(Details.PERMISSIONS, "perf_event_paranoid"), 0);
        if (paranoid.orElse(0) > 1) {
            yellow(
                    "perf",
                    "The processor's counters are not for this user (perf_event_paranoid="
                            + paranoid.getAsLong()
                            + ")",
                    "sysctl kernel.perf_event_paranoid=1, for perf trace and perf stat");
        }
    }

    private void tracing() {
        OptionalLong scope =
                Proc.number(machine.detail(Details.PERMISSIONS, "yama ptrace_scope"), 0);
        if (scope.orElse(0) > 0) {
            yellow(
                    "yama",
                    "One process may not look into another (yama ptrace_scope="
                            + scope.getAsLong()
                            + "): process_vm_readv is not permitted, nor strace -p",
                    "sysctl kernel.yama.ptrace_scope=0");
        }
    }

    private void niceness() {
        OptionalLong nice = Proc.number(machine.detail(Details.SCHEDULING, "nice"), 0);
        if (nice.orElse(0) > 0) {
            yellow(
                    "nice",
                    "This process is nice (" + nice.getAsLong() + "): others go first",
                    "Start it without nice");
        }
    }

    private void green(String id, String text) {
        note(Note.GREEN, id, text, null);
    }

    private void yellow(String id, String text, String remedy) {
        note(Note.YELLOW, id, text, remedy);
    }

    private void red(String id, String text, String remedy) {
        note(Note.RED, id, text, remedy);
    }

    private void note(String level, String id, String text, String remedy) {
        notes.add(new Note(level, text, remedy, id));
    }
}
