package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Note;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class DoctorTest {
    private static Environment machine(
            int cpus, String clock, double load, Map<String, Map<String, String>> details) {
        return new Environment(
                "cpu",
                cpus,
                List.of(0, 1),
                "none",
                "6.18",
                clock,
                "jvm",
                "25",
                "Serial",
                load,
                load,
                null,
                null,
                details,
                null);
    }

    private static Map<String, Note> findings(Environment machine) {
        return Doctor.examine(machine).stream()
                .collect(Collectors.toMap(Note::id, note -> note, (a, b) -> b));
    }

    private static Note finding(String id, String group, String name, String value) {
        Map<String, Map<String, String>> details = new HashMap<>();
        details.put(group, Map.of(name, value));
        return findings(machine(8, "tsc", 0, details)).get(id);
    }

    @Test
    void aGoodMachineHasNothingToBeToldOf() {
        for (Note note : Doctor.examine(machine(8, "tsc", 0.1, Map.of()))) {
            assertEquals(Note.GREEN, note.level(), note.text());
        }
    }

    @Test
    void whatIsNotAsItShouldBeComesWithARemedy() {
        Environment bad =
                machine(1, "hpet", 3, Map.of(Details.LOAD_BEFORE, Map.of(Details.OTHERS, "45 %")));
        for (String id : List.of("clocksource", "cpus", "load")) {
            Note note = findings(bad).get(id);
            assertEquals(Note.RED, note.level(), id);
            assertNotNull(note.remedy(), id);
        }
        assertEquals(Note.YELLOW, findings(machine(2, "tsc", 0, Map.of())).get("cpus").level());
    }

    @Test
    void eachCheckLooksAtItsOwnDetail() {
        record Case(String id, String level, String group, String name, String value) {}
        for (Case each :
                List.of(
                        new Case(
                                "quota",
                                Note.RED,
                                Details.VIRTUALIZATION,
                                "cpu.max",
                                "100000 100000"),
                        new Case(
                                "steal",
                                Note.YELLOW,
                                Details.VIRTUALIZATION,
                                "steal",
                                "9.1 per mille"),
                        new Case(
                                "steal",
                                Note.GREEN,
                                Details.VIRTUALIZATION,
                                "steal",
                                "0.1 per mille"),
                        new Case(
                                "governor",
                                Note.YELLOW,
                                Details.POWER,
                                "cpu0 scaling_governor",
                                "powersave"),
                        new Case("turbo", Note.YELLOW, Details.POWER, "no_turbo", "0"),
                        new Case("haltpoll", Note.YELLOW, Details.IDLE, "guest_halt_poll_ns", "0"),
                        new Case(
                                "accounting",
                                Note.YELLOW,
                                Details.KERNEL,
                                "cputime accounting",
                                "tick"),
                        new Case(
                                "perf",
                                Note.YELLOW,
                                Details.PERMISSIONS,
                                "perf_event_paranoid",
                                "2"),
                        new Case(
                                "yama", Note.YELLOW, Details.PERMISSIONS, "yama ptrace_scope", "1"),
                        new Case(
                                "huge-pages",
                                Note.YELLOW,
                                Details.MEMORY,
                                "transparent huge pages of shared memory",
                                "[always] within_size advise never deny force"),
                        new Case(
                                "huge-heaps",
                                Note.YELLOW,
                                Details.MEMORY,
                                "transparent huge pages",
                                "[always] madvise never"),
                        new Case("nice", Note.YELLOW, Details.SCHEDULING, "nice", "10"),
                        new Case(
                                "java",
                                Note.YELLOW,
                                Details.LOAD_BEFORE,
                                "other java processes",
                                "2"),
                        new Case(
                                "siblings",
                                Note.YELLOW,
                                Details.TOPOLOGY,
                                "relation of the pair",
                                "smt"),
                        new Case(
                                "shared-memory",
                                Note.RED,
                                Details.MEMORY,
                                "files of the ends",
                                "/tmp on ext4"),
                        new Case(
                                "shared-memory",
                                Note.GREEN,
                                Details.MEMORY,
                                "files of the ends",
                                "/dev/shm on tmpfs"))) {
            Note note = finding(each.id, each.group, each.name, each.value);
            assertNotNull(note, each.toString());
            assertEquals(each.level, note.level(), each.toString());
            assertTrue(note.level().equals(Note.GREEN) || note.remedy() != null, each.toString());
        }
    }

    /** The run's own build left a load average above 1, and the page said "do not quote". */
    @Test
    void whatCountsIsTheUseOfCpusAfterWaitingAndDuringAndAfterTheRun() {
        Map<String, String> quiet = Map.of(Details.OTHERS, "2.0 %", Details.WAITED, "4.1 s");
        Map<String, Map<String, String>> details = new HashMap<>();
        details.put(Details.LOAD_BEFORE, quiet);
        assertEquals(Note.GREEN, findings(machine(2, "tsc", 3.5, details)).get("load").level());
        details.put(Details.LOAD_DURING, Map.of(Details.OTHERS, "30.0 %"));
        assertEquals(Note.RED, findings(machine(2, "tsc", 0, details)).get("load-during").level());
        details.put(Details.LOAD_DURING, Map.of(Details.OTHERS, "1.0 %"));
        details.put(Details.LOAD_AFTER, Map.of(Details.OTHERS, "25.0 %"));
        assertEquals(
                Note.YELLOW, findings(machine(2, "tsc", 0, details)).get("load-after").level());
    }

    @Test
    void littleSpaceAndSwapAreFound() {
        Map<String, Map<String, String>> details =
                Map.of(
                        Details.MEMORY,
                        Map.of(
                                "files of the ends", "/dev/shm on tmpfs",
                                "space there", "1048576",
                                "swap", "2048 kB",
                                "swap free", "1024 kB"));
        Map<String, Note> found = findings(machine(8, "tsc", 0, details));
        assertEquals(Note.RED, found.get("shared-memory-space").level());
        assertTrue(found.get("swap").text().contains("1 MiB"), found.get("swap").text());
    }

    @Test
    void thisMachineCanBeExamined() {
        Environment machine =
                EnvironmentProbe.begin(new PairFixture().place(), new Quiet(0, 0)).end(List.of());
        assertTrue(machine.notes().stream().anyMatch(note -> "cpus".equals(note.id())));
        assertTrue(machine.details().containsKey(Details.KERNEL));
        assertTrue(!machine.detail(Details.MEMORY, "page size").isEmpty());
    }
}
