package io.sluice.compare.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("alone")
class IoUringTest {
    @TempDir Path directory;

    private static IoUring ring() {
        try {
            return new IoUring();
        } catch (IOException e) {
            assumeTrue(false, e.getMessage());
            throw new UncheckedIOException(e);
        }
    }

    /** More requests than the ring has entries, each of another length. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void eachRequestHasItsOwnResult() throws Exception {
        IoUring ring = ring();
        Sockets.Address name = Sockets.Address.of(directory.resolve("socket"));
        CompletableFuture<Integer> accepted =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Sockets.acceptOne(name, Sockets.Type.STREAM);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        int a = Sockets.connect(name, Sockets.Type.STREAM);
        int b = accepted.get(10, TimeUnit.SECONDS);
        MemorySegment out = Arena.ofAuto().allocate(64);
        MemorySegment in = Arena.ofAuto().allocate(64);
        for (int length : new int[] {1, 7, 64, 3, 5, 9, 2, 33, 8, 4, 64}) {
            out.fill((byte) length);
            ring.sendFully(a, out, length);
            ring.receiveFully(b, in, length);
            assertEquals(-1, out.asSlice(0, length).mismatch(in.asSlice(0, length)));
        }
        ring.sendFully(a, out, 40);
        ring.receiveFully(b, in, 16);
        ring.sendFully(a, out, 10);
        ring.receiveFully(b, in, 34);
        KernelCalls.close(a);
        assertThrows(EOFException.class, () -> ring.receiveFully(b, in, 1));
        IOException broken = assertThrows(IOException.class, () -> ring.sendFully(b, out, 1));
        assertTrue(broken.getMessage().contains("errno 32"), broken.getMessage());
        KernelCalls.close(b);
        ring.close();
    }
}
