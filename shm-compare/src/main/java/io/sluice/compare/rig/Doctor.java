package io.sluice.compare.rig;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;

/**
 * Reports what a machine does to measurements, and how to change it. Probes nothing itself. What it
 * says is in {@code doctor.properties}.
 */
public final class Doctor {
    /** Clock sources that are read without entering the kernel. */
    static final List<String> GOOD_CLOCKS = List.of("tsc", "arch_sys_counter", "kvm-clock");

    private static final double DURING = 0.05;
    private static final double AFTER = 0.20;
    private static final double STEAL_PER_MILLE = 5;
    private static final long SPACE_BYTES = 64L << 20;
    private static final ResourceBundle TEXTS =
            ResourceBundle.getBundle(Doctor.class.getPackageName() + ".doctor");

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
        doctor.cpus();
        doctor.load();
        doctor.host();
        doctor.power();
        doctor.memory();
        doctor.permissions();
        return List.copyOf(doctor.notes);
    }

    private void cpus() {
        String clock = machine.clocksource();
        if (clock != null && !clock.isEmpty()) {
            note(GOOD_CLOCKS.contains(clock) ? Note.GREEN : Note.RED, "clocksource", clock);
        }
        int cpus = machine.cpus();
        note(cpus == 1 ? Note.RED : cpus == 2 ? Note.YELLOW : Note.GREEN, "cpus", cpus);
        String relation = "relation of the pair";
        noteIf(Placement.SMT, Details.TOPOLOGY, relation, Note.YELLOW, "siblings");
        noteIf(Placement.ONE_CPU, Details.TOPOLOGY, relation, Note.YELLOW, "one-cpu");
    }

    /** Judges what others used before, during and after the run, each by itself. */
    private void load() {
        int before = notes.size();
        load("load", Details.LOAD_BEFORE, "before the run", Quiet.ENOUGH);
        load("load-during", Details.LOAD_DURING, "during the run", DURING);
        load("load-after", Details.LOAD_AFTER, "after the run", AFTER);
        if (notes.size() == before) {
            String others = machine.detail(Details.LOAD_BEFORE, Details.OTHERS);
            note(Note.GREEN, "load", others.isEmpty() ? "little" : others);
        }
        noteIf("[1-9].*", Details.LOAD_BEFORE, "other java processes", Note.YELLOW, "java");
    }

    private void load(String id, String group, String when, double allowed) {
        String others = machine.detail(group, Details.OTHERS);
        double part = first(others) / 100;
        if (part > allowed) {
            String level = part > 3 * allowed ? Note.RED : Note.YELLOW;
            String waited = machine.detail(group, Details.WAITED);
            String after = waited.isEmpty() ? "" : ", after waiting for " + waited;
            add(level, "load", id, others, when, after);
        }
    }

    private void host() {
        String steal = machine.detail(Details.VIRTUALIZATION, "steal");
        if (!steal.isEmpty()) {
            note(first(steal) > STEAL_PER_MILLE ? Note.YELLOW : Note.GREEN, "steal", steal);
        }
        String host = machine.virtualization();
        note(host == null || host.equals("none") ? Note.GREEN : Note.YELLOW, "virtualization");
        noteIf("(?!max).+", Details.VIRTUALIZATION, "cpu.max", Note.RED, "quota");
    }

    private void power() {
        machine.details().getOrDefault(Details.POWER, Map.of()).entrySet().stream()
                .filter(fact -> fact.getKey().endsWith("scaling_governor"))
                .filter(fact -> !fact.getValue().equals("performance"))
                .map(fact -> new Object[] {fact.getKey().split(" ")[0], fact.getValue()})
                .limit(1)
                .forEach(cpuAndGovernor -> note(Note.YELLOW, "governor", cpuAndGovernor));
        if (number(Details.POWER, "no_turbo", 1) == 0 || number(Details.POWER, "boost", 0) == 1) {
            note(Note.YELLOW, "turbo");
        }
        noteIf("0", Details.IDLE, "guest_halt_poll_ns", Note.YELLOW, "haltpoll");
    }

    private void memory() {
        long total = number(Details.MEMORY, "swap", 0);
        long used = total - number(Details.MEMORY, "swap free", total);
        if (used > 0) {
            note(Note.YELLOW, "swap", used / 1024);
        }
        String pages = "transparent huge pages of shared memory";
        String many = "(?!.*\\[(never|deny)]).+";
        noteIf(many, Details.MEMORY, pages, Note.YELLOW, "huge-pages");
        String own = "transparent huge pages";
        noteIf(".*\\[always].*", Details.MEMORY, own, Note.YELLOW, "huge-heaps");
        String files = "files of the ends";
        noteIf(".* on tmpfs", Details.MEMORY, files, Note.GREEN, "shared-memory");
        noteIf(".+(?<! on tmpfs)", Details.MEMORY, files, Note.RED, "shared-memory");
        long space = number(Details.MEMORY, "space there", SPACE_BYTES);
        if (space < SPACE_BYTES) {
            note(Note.RED, "shared-memory-space", space >> 20);
        }
    }

    private void permissions() {
        String hz = machine.detail(Details.KERNEL, "hz");
        if (machine.detail(Details.KERNEL, "cputime accounting").equals("tick")) {
            note(Note.YELLOW, "accounting", hz.isEmpty() ? "at each tick" : hz + " times a second");
        }
        noteIf("(?!-|[01]$).+", Details.PERMISSIONS, "perf_event_paranoid", Note.YELLOW, "perf");
        noteIf("[1-9].*", Details.PERMISSIONS, "yama ptrace_scope", Note.YELLOW, "yama");
        noteIf("[1-9].*", Details.SCHEDULING, "nice", Note.YELLOW, "nice");
    }

    /** Adds a finding if all of a detail matches a regular expression. */
    private void noteIf(String expression, String group, String name, String level, String id) {
        String found = machine.detail(group, name);
        if (found.matches(expression)) {
            note(level, id, found);
        }
    }

    private long number(String group, String name, long otherwise) {
        return Proc.number(machine.detail(group, name), 0).orElse(otherwise);
    }

    /** Returns the number with which a detail begins; 0 if it is not known. */
    private static double first(String detail) {
        return detail.isEmpty() ? 0 : Double.parseDouble(detail.split(" ")[0]);
    }

    private void note(String level, String id, Object... arguments) {
        add(level, id, id, arguments);
    }

    /** Adds a finding with the texts of one check and the id of it or of one like it. */
    private void add(String level, String textId, String id, Object... arguments) {
        String text = String.format(TEXTS.getString(textId + "." + level), arguments);
        boolean good = level.equals(Note.GREEN);
        notes.add(new Note(level, text, good ? null : TEXTS.getString(textId + ".remedy"), id));
    }
}
