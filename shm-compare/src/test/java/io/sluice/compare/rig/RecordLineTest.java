package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Window;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordLineTest {
    private static final Placement PLACE = new Placement(Placement.TWO_CPUS, List.of(0, 1));
    private static final ForkDurations BRIEF = new ForkDurations(1, Long.MAX_VALUE, 3);

    private static EndTask task(String directory, Fault fault) {
        PairPlan plan =
                new PairPlan(
                        "pipe/block",
                        List.of(Workload.of(Pattern.RTT, 64), Workload.of(Pattern.BURST, 8)),
                        PLACE,
                        BRIEF,
                        Long.MIN_VALUE,
                        fault);
        EndTask.Place place = new EndTask.Place(directory, "", List.of(1L, 2L));
        return new EndTask(plan, Role.RESPONDER, 2, List.of(place, place));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "(", "=", "2", "a b", "100%25+1", "/dev/shm/é", "two\nlines\r"})
    void anObjectIsTheSameAgainWhateverItsTexts(String text) throws IOException {
        EndTask task = task(text, Fault.pause(5, 7));
        String line = RecordLine.write(task);
        assertEquals(1, line.lines().count(), line);
        assertEquals(task, RecordLine.read(line, EndTask.class));
    }

    @Test
    void whatIsNullStaysSo() throws IOException {
        EndTask task = task("here", null);
        assertEquals(task, RecordLine.read(RecordLine.write(task), EndTask.class));
    }

    @Test
    void aTransportOfThisJarKeepsItsRow() throws IOException {
        Transports.TransportSource source =
                Transports.TransportSource.of(Transports.of("uds.stream/block"));
        String line = RecordLine.write(source);
        assertEquals(source, RecordLine.read(line, Transports.TransportSource.class));
    }

    @Test
    void resultsKeepEachNumber() throws IOException {
        EndCounters counters =
                EndCountersBuilder.builder()
                        .messages(7)
                        .systemCalls(Map.of("read", 7L))
                        .failedCalls(Map.of())
                        .migrations(3L)
                        .build();
        EndpointResult first = EndpointResult.of(12, 34).number("gap", 0.1).mean(1e-300);
        first.counters = counters;
        first.windows = List.of(new Window(1, 2, 3.5, null, Double.MAX_VALUE));
        String line = RecordLine.write(List.of(first, EndpointResult.of(0, 0)));

        List<EndpointResult> read = RecordLine.readList(line, EndpointResult.class);

        assertEquals(2, read.size());
        EndpointResult again = read.get(0);
        assertEquals(12, again.messages);
        assertEquals(34, again.durationNs);
        assertEquals(Map.of("gap", 0.1), again.numbers);
        assertEquals(1e-300, again.meanUntimedNs);
        assertEquals(first.windows, again.windows);
        assertEquals(counters, again.counters);
        assertNull(again.hdr);
        assertTrue(read.get(1).windows.isEmpty());
        again.numbers.clear(); // What the coordinator does with some.
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=", "(", "( =1", "result", "( =x =RESPONDER =1 0", "1 ( 5"})
    void anotherLineIsRefusedWithItsText(String line) {
        IOException refused =
                assertThrows(IOException.class, () -> RecordLine.read(line, EndTask.class));
        assertTrue(refused.getMessage().contains(line), refused.getMessage());
        assertFalse(refused.getMessage().isBlank());
    }
}
