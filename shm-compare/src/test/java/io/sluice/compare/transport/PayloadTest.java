package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check that every message of every mechanism passes: verifies that it can fail. */
@Tag("alone")
class PayloadTest {
    private static final int SIZE = 64;

    private final Payload sent = new Payload(SIZE);
    private final Payload received = new Payload(SIZE);
    private final MemorySegment memory = MemorySegment.ofArray(new byte[SIZE]);

    private void pass(long... sequences) {
        for (long sequence : sequences) {
            sent.write(memory, 0, sequence);
            received.verify(memory, 0, SIZE);
        }
    }

    private void expectFaults(long lost, long duplicated, long corrupted) {
        assertEquals(lost, received.lost(), "lost");
        assertEquals(duplicated, received.duplicated(), "duplicated");
        assertEquals(corrupted, received.corrupted(), "corrupted");
    }

    @Test
    void messagesInOrderAreFine() {
        pass(0, 1, 2, 3);
        expectFaults(0, 0, 0);
        assertEquals(4, received.expected());
    }

    @Test
    void aLostMessageIsCounted() {
        pass(0, 1, 4, 5);
        expectFaults(2, 0, 0);
    }

    @Test
    void aDuplicateIsCounted() {
        pass(0, 1, 1, 2);
        expectFaults(0, 1, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 17, 40, 63})
    void aFlippedBitIsCounted(int at) {
        pass(0);
        sent.write(memory, 0, 1);
        byte old = memory.get(ValueLayout.JAVA_BYTE, at);
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ 4));
        received.verify(memory, 0, SIZE);
        expectFaults(0, 0, 1);
    }

    @Test
    void aWrongLengthIsCounted() {
        received.verify(memory, 0, SIZE - 8);
        expectFaults(0, 0, 1);
    }

    @Test
    void markersStandOutsideTheSequence() {
        pass(0, -1, 1, -2);
        expectFaults(0, 0, 0);
        assertEquals(-2, received.takeMarker());
        assertEquals(0, received.takeMarker());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12, -8})
    void sizesThatAreNoWordsAreRefused(int size) {
        assertThrows(IllegalArgumentException.class, () -> new Payload(size));
    }
}
