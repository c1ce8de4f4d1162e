package io.sluice.compare.rig;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Note;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Reports what a machine does to measurements, and how to change it. Probes nothing itself. What it
 * says is in {@code doctor.properties}.
 */
public final class Doctor {
    private static final double DURING = 0.05;
    private static final double AFTER = 0.20;
    private static final double STEAL_PER_MILLE = 5;
    private static final long SPACE_BYTES = 64L << 20;
    private static final List<String> GOOD_CLOCKS = List.of("tsc", "arch_sys_counter", "kvm-clock");
    private static final Properties TEXTS = texts();

    private final Environment machine;
    private final List<Note> notes = new ArrayList<>();

    private Doctor(Environment machine) {
        this.machine = machine;
    }

    private static Properties texts() {
        Properties texts = new Properties();
        try (InputStream in = Doctor.class.getResourceAsStream("doctor.properties")) {
            texts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
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
        doctor.load();
        doctor.host();
        doctor.power();
        doctor.memory();
        doctor.permissions();
        return List.copyOf(doctor.notes);
    }

    private void clocksource() {
        String clock = machine.clocksource();
        if (clock != null && !clock.isEmpty()) {
            note(GOOD_CLOCKS.contains(clock) ? Note.GREEN : Note.RED, "clocksource", clock);
        }
    }

    private void cpus() {
        int cpus = machine.cpus();
        note(cpus == 1 ? Note.RED : cpus == 2 ? Note.YELLOW : Note.GREEN, "cpus", cpus);
        String relation = machine.detail(Details.TOPOLOGY, "relation of the pair");
        if (relation.equals(Placement.SMT)) {
            note(Note.YELLOW, "siblings");
        } else if (relation.equals(Placement.ONE_CPU)) {
            note(Note.YELLOW, "one-cpu");
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
            note(Note.GREEN, "load", others.isEmpty() ? "little" : others);
        }
        long java = detail(Details.LOAD_BEFORE, "other java processes", 0);
        if (java > 0) {
            note(Note.YELLOW, "java", java);
        }
    }

    private boolean load(String id, String group, String when, double allowed) {
        String others = machine.detail(group, Details.OTHERS);
        double part = others.isEmpty() ? 0 : Double.parseDouble(others.split(" ")[0]) / 100;
        if (part <= allowed) {
            return false;
        }
        String waited = machine.detail(group, Details.WAITED);
        String level = part > 3 * allowed ? Note.RED : Note.YELLOW;
        String after = waited.isEmpty() ? "" : ", after waiting for " + waited;
        notes.add(new Note(level, text("load." + level, others, when, after), remedy("load"), id));
        return true;
    }

    private void host() {
        String steal = machine.detail(Details.VIRTUALIZATION, "steal");
        if (!steal.isEmpty()) {
            boolean much = Double.parseDouble(steal.split(" ")[0]) > STEAL_PER_MILLE;
            note(much ? Note.YELLOW : Note.GREEN, "steal", steal);
        }
        String virtual = machine.virtualization();
        note(
                virtual == null || virtual.equals("none") ? Note.GREEN : Note.YELLOW,
                "virtualization");
        String quota = machine.detail(Details.VIRTUALIZATION, "cpu.max");
        if (!quota.isEmpty() && !quota.startsWith("max")) {
            note(Note.RED, "quota", quota);
        }
    }

    private void power() {
        machine.details().getOrDefault(Details.POWER, Map.of()).entrySet().stream()
                .filter(fact -> fact.getKey().endsWith("scaling_governor"))
                .filter(fact -> !fact.getValue().equals("performance"))
                .limit(1)
                .forEach(
                        fact ->
                                note(
                                        Note.YELLOW,
                                        "governor",
                                        fact.getKey().split(" ")[0],
                                        fact.getValue()));
        if (detail(Details.POWER, "no_turbo", 1) == 0 || detail(Details.POWER, "boost", 0) == 1) {
            note(Note.YELLOW, "turbo");
        }
        if (detail(Details.IDLE, "guest_halt_poll_ns", 1) == 0) {
            note(Note.YELLOW, "haltpoll");
        }
    }

    private void memory() {
        long total = detail(Details.MEMORY, "swap", 0);
        long used = total - detail(Details.MEMORY, "swap free", total);
        if (used > 0) {
            note(Note.YELLOW, "swap", used / 1024);
        }
        String pages = machine.detail(Details.MEMORY, "transparent huge pages of shared memory");
        if (!pages.isEmpty() && !pages.contains("[never]") && !pages.contains("[deny]")) {
            note(Note.YELLOW, "huge-pages", pages);
        }
        String files = machine.detail(Details.MEMORY, "files of the ends");
        if (files.isEmpty()) {
            return;
        }
        note(files.endsWith(" on tmpfs") ? Note.GREEN : Note.RED, "shared-memory", files);
        long space = detail(Details.MEMORY, "space there", SPACE_BYTES);
        if (space < SPACE_BYTES) {
            note(Note.RED, "shared-memory-space", space >> 20);
        }
    }

    private void permissions() {
        if (machine.detail(Details.KERNEL, "cputime accounting").equals("tick")) {
            String hz = machine.detail(Details.KERNEL, "hz");
            note(Note.YELLOW, "accounting", hz.isEmpty() ? "at each tick" : hz + " times a second");
        }
        more(Details.PERMISSIONS, "perf_event_paranoid", 1, "perf");
        more(Details.PERMISSIONS, "yama ptrace_scope", 0, "yama");
        more(Details.SCHEDULING, "nice", 0, "nice");
    }

    private void more(String group, String name, long allowed, String id) {
        long found = detail(group, name, allowed);
        if (found > allowed) {
            note(Note.YELLOW, id, found);
        }
    }

    private long detail(String group, String name, long otherwise) {
        return Proc.number(machine.detail(group, name), 0).orElse(otherwise);
    }

    private void note(String level, String id, Object... arguments) {
        String remedy = Note.GREEN.equals(level) ? null : remedy(id);
        notes.add(new Note(level, text(id + "." + level, arguments), remedy, id));
    }

    private static String remedy(String id) {
        return TEXTS.getProperty(id + ".remedy");
    }

    private static String text(String key, Object... arguments) {
        return String.format(TEXTS.getProperty(key), arguments);
    }
}
