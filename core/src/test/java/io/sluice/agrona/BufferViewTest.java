package io.sluice.agrona;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipe's memory as buffers. */
class BufferViewTest {
    /** Two copies of the largest ring are longer than any buffer; none of their messages is cut. */
    @Test
    void theLargestRingIsReachedUpToItsLastMessage(@TempDir Path directory) throws Exception {
        long size = 2L << 30;
        try (FileChannel sparse =
                        FileChannel.open(
                                directory.resolve("ring"),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.SPARSE);
                Arena arena = Arena.ofConfined()) {
            MemorySegment ring = sparse.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
            BufferView view = new BufferView();
            UnsafeBuffer buffer = view.of(ring);
            int last = (int) (size - 17); // A record's word, at least 8 bytes, follows.
            buffer.putByte(last, (byte) 5);
            assertEquals(5, ring.get(JAVA_BYTE, last));
            assertSame(buffer, view.of(ring));
        }
    }
}
