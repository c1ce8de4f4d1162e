package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.Proof;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordDescriptorTest {
    private static final int WORDS = Proof.size(20_000, 1_000_000);

    @ParameterizedTest
    @CsvSource({"0,8", "1,16", "7,16", "8,16", "9,24", "32,40", "4096,4104"})
    void aRecordIsItsHeaderAndItsPaddedPayload(int payload, int record) {
        assertEquals(record, RecordDescriptor.recordLength(payload));
    }

    @Test
    void theWordOfARecordIsNeverThatOfNone() {
        for (long position : new long[] {0, 8, 1L << 32, 1L << 35, Long.MAX_VALUE - 7}) {
            assertNotEquals(RecordDescriptor.UNCOMMITTED, RecordDescriptor.word(position, 0));
        }
    }

    @Test
    void theLengthComesBackOutOfTheWord() {
        for (long position : new long[] {0, 8, 4096, 1L << 35, (1L << 35) + 8}) {
            for (int length : new int[] {0, 1, 31, 4080}) {
                long word = RecordDescriptor.word(position, length);
                assertEquals(length, RecordDescriptor.payloadLength(word, position, 4080));
            }
        }
    }

    @Test
    void aWordOfAnotherLapIsRefused() {
        long word = RecordDescriptor.word(4096, 8);
        ChannelCorruptedException e =
                assertThrows(
                        ChannelCorruptedException.class,
                        () -> RecordDescriptor.payloadLength(word, 8192, 4080));
        assertTrue(e.getMessage().contains("position 8192"), e.getMessage());
    }

    @Test
    void aLengthBeyondTheLaneIsRefused() {
        long word = RecordDescriptor.word(64, 4081);
        assertThrows(
                ChannelCorruptedException.class,
                () -> RecordDescriptor.payloadLength(word, 64, 4080));
    }

    /** Any word written by a peer yields a length within the lane or the documented exception. */
    @Test
    void anyWordIsALengthOrRefused() {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < WORDS; i++) {
            long position = random.nextLong() & Long.MAX_VALUE & -8;
            long word =
                    i % 2 == 0
                            ? random.nextLong()
                            : RecordDescriptor.word(position, 100) ^ 1L << random.nextInt(64);
            try {
                int length = RecordDescriptor.payloadLength(word, position, 4080);
                assertTrue(length >= 0 && length <= 4080, () -> "word " + word);
            } catch (ChannelCorruptedException e) {
                refused++;
            }
        }
        assertTrue(refused > WORDS / 2, "only " + refused + " of " + WORDS + " were refused");
    }
}
