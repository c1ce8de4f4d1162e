package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.sluice.Pipe;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rows of {@code mechanisms.json} and the classes. */
@Tag("alone")
class MechanismTest {
    private static List<ListedTransport> listed() {
        return Transports.all().stream()
                .filter(ListedTransport.class::isInstance)
                .map(ListedTransport.class::cast)
                .toList();
    }

    @Test
    void eachRowIsAMechanismAndEachMechanismHasARow() {
        List<String> rows =
                MechanismsFile.read().stream().map(row -> row.id() + "/" + row.waiting()).toList();
        assertEquals("line/spin", rows.getLast());
        assertEquals(
                rows.subList(0, rows.size() - 1), listed().stream().map(Transport::name).toList());
        assertInstanceOf(LineTransport.class, Transports.of("line"));
    }

    /** The numbers that a row repeats from elsewhere. */
    @Test
    void whatARowSaysOfItsRingIsSo() throws IOException {
        for (ListedTransport transport : listed()) {
            Traits traits = transport.traits();
            if (transport instanceof SluiceTransport sluice
                    && traits.longest().setBy().startsWith("a ring")) {
                try (Pipe pipe = Pipe.anonymous(sluice.spec())) {
                    assertEquals(pipe.maxMessageLength(), traits.longest().bytes(), sluice.name());
                }
            } else if (transport instanceof ProcessMemoryTransport) {
                assertEquals(ProcessMemoryTransport.SLOTS, traits.capacity().messages());
            }
        }
    }
}
