package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.user.EventScenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events of a process that something happens to, as Flight Recorder records them. */
@Timeout(180)
class FlightRecorderTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    @TempDir Path directory;

    private final Map<String, String> facts = new HashMap<>();
    private final List<Long> victims = new ArrayList<>();

    private static Path settings() throws Exception {
        return Path.of(Pipe.class.getResource("/META-INF/sluice/sluice.jfc").toURI());
    }

    private void jcmd(ChildJvm child, String... command) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(Long.toString(child.pid()));
        line.addAll(List.of(command));
        Path said = directory.resolve("jcmd.txt");
        Process process =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertTrue(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS), line::toString);
        assertEquals(0, process.exitValue(), Files.readString(said));
    }

    /** Runs the scenario, and kills the processes that it asks for. */
    private void run(ChildJvm child) throws Exception {
        child.say("go");
        for (String line = child.readLine(); !"done".equals(line); line = child.readLine()) {
            assertTrue(line != null, "the scenario ended");
            if (line.startsWith("take ")) {
                try (ChildJvm victim =
                        ChildJvm.start(EventScenario.Taker.class, line.substring(5))) {
                    victim.expectLine("taken");
                    victims.add(victim.pid());
                    victim.kill();
                }
                child.say("killed");
            } else {
                int space = line.indexOf(' ');
                facts.put(line.substring(0, space), line.substring(space + 1));
            }
        }
    }

    private Path pipe(String name) {
        return directory.resolve(name);
    }

    private static List<RecordedEvent> events(List<RecordedEvent> all, String name) {
        return all.stream()
                .filter(e -> e.getEventType().getName().equals("io.sluice." + name))
                .toList();
    }

    private static long sum(List<RecordedEvent> events, String field) {
        return events.stream().mapToLong(e -> ((Number) e.getValue(field)).longValue()).sum();
    }

    private List<RecordedEvent> of(List<RecordedEvent> all, String pipe, String name) {
        return events(all, name).stream()
                .filter(e -> e.getString("pipe").equals(pipe(pipe).toString()))
                .toList();
    }

    private RecordedEvent only(List<RecordedEvent> all, String pipe, String name) {
        List<RecordedEvent> found = of(all, pipe, name);
        assertEquals(1, found.size(), () -> name + " of " + pipe + ": " + all);
        return found.getFirst();
    }

    private static List<RecordedEvent> read(Path file) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().startsWith("io.sluice."))
                .toList();
    }

    private void checkAll(List<RecordedEvent> all) {
        for (String wait : List.of("ReceiverWait", "SenderWait")) {
            RecordedEvent event = only(all, "waits", wait);
            assertTrue(event.getDuration().toMillis() >= 20, event::toString);
            assertEquals(0, event.getInt("slot"));
            assertTrue(event.getStackTrace().toString().contains("EventScenario"), event::toString);
        }
        for (int i = 0; i < 2; i++) {
            String pipe = List.of("several", "one").get(i);
            RecordedEvent death = only(all, pipe, "PeerDied");
            assertFalse(death.getBoolean("sender"));
            assertEquals(0, death.getInt("slot"));
            assertEquals(victims.get(i), death.getLong("pid"));
            assertEquals(1 - i, death.getInt("messages"));
            RecordedEvent again = only(all, pipe, "MessagesRedelivered");
            assertEquals(0, again.getInt("lane"));
            assertEquals(1, again.getInt("messages"));
            assertEquals(1, again.getInt("attempt"));
        }
        assertTrue(of(all, "grows", "PipeGrowth").size() > 1, all::toString);
        assertEquals(
                Long.parseLong(facts.get("grown")),
                sum(of(all, "grows", "PipeGrowth"), "bytes"),
                all::toString);
        long dropped = Long.parseLong(facts.get("dropped"));
        assertTrue(dropped > 1000, facts::toString);
        assertEquals(dropped, sum(of(all, "drops", "MessagesDropped"), "messages"));
        String[] lost = facts.get("lost").split(" ");
        assertTrue(Long.parseLong(lost[0]) > 900, facts::toString);
        RecordedEvent gap = only(all, "loses", "MessagesLost");
        assertEquals(Long.parseLong(lost[0]), gap.getLong("messages"));
        assertEquals(Long.parseLong(lost[1]), gap.getLong("bytes"));
        assertEquals(facts.get("found"), only(all, "corrupt", "Corruption").getString("found"));
    }

    @Test
    @Tag("proof")
    void aRecordingThatJcmdStartsHasTheEvents() throws Exception {
        try (ChildJvm child = ChildJvm.start(EventScenario.class, directory)) {
            child.expectLine("ready");
            jcmd(child, "JFR.start", "name=sluice", "settings=" + settings());
            run(child);
            Path file = directory.resolve("dumped.jfr");
            jcmd(child, "JFR.dump", "name=sluice", "filename=" + file);
            checkAll(read(file));
            child.say("exit");
            assertEquals(0, child.waitFor());
        }
    }

    @Test
    void aRecordingOfTheWholeRunOfAModuleHasTheEvents() throws Exception {
        Path file = directory.resolve("run.jfr");
        List<String> flags = new ArrayList<>(ModuleFlags.of(EventScenario.class));
        flags.add("-XX:StartFlightRecording:filename=" + file + ",settings=" + settings());
        flags.add("-Xlog:jfr*=off"); // Its lines would be the scenario's.
        try (ChildJvm child = ChildJvm.startPlain(flags, EventScenario.class, directory)) {
            child.expectLine("ready");
            run(child);
            child.say("exit");
            assertEquals(0, child.waitFor());
        }
        checkAll(read(file));
    }

    @Test
    @Tag("proof")
    void otherRecordingsHaveNone() throws Exception {
        Path file = directory.resolve("default.jfr");
        List<String> flags =
                List.of(
                        NATIVE_ACCESS,
                        "-XX:StartFlightRecording:filename=" + file,
                        "-Xlog:jfr*=off");
        try (ChildJvm child = ChildJvm.startPlain(flags, EventScenario.class, directory)) {
            child.expectLine("ready");
            run(child);
            child.say("exit");
            assertEquals(0, child.waitFor());
        }
        assertEquals(List.of(), read(file));
    }

    @Test
    @Tag("proof")
    void aJvmWithoutFlightRecorderWorks() throws Exception {
        List<String> flags = List.of(NATIVE_ACCESS, "--limit-modules", "java.base,jdk.unsupported");
        try (ChildJvm child = ChildJvm.startPlain(flags, EventScenario.class, directory)) {
            child.expectLine("ready");
            run(child);
            child.say("exit");
            assertEquals(0, child.waitFor());
        }
        assertEquals(2, victims.size());
    }
}
