package io.sluice.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.sluice.CountsSyscalls;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@CountsSyscalls
class CallCountsTest {
    @TempDir Path directory;

    @Test
    void aNameHasOneCounter() {
        assertSame(Libc.callCounter("test-a"), Libc.callCounter("test-a"));
        assertFalse(Libc.callCounts().containsKey("test-a"), "never counted");
    }

    @Test
    void countsOfSeveralThreadsAreExact() throws InterruptedException {
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < 100_000; n++) {
                                            Libc.callCounter("test-b").getAndIncrement();
                                        }
                                    });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(400_000, Libc.callCounts().get("test-b"));
    }

    @Test
    void everyCallThatIsMadeIsCounted() throws Exception {
        Path path = Files.createFile(directory.resolve("file"));
        Map<String, Long> before = Libc.callCounts();
        try (Descriptor file = Descriptor.open(path)) { // open, fcntl for the lock, close
            file.allocate(0, 4096); // fallocate
            file.tryLock(0); // fcntl
            file.isLockedByAnother(1); // fcntl
            Mapping.map(file, 0, 4096).close(); // mmap, mmap
        }
        Map<String, Long> calls = new TreeMap<>(Libc.callCounts());
        before.forEach((name, count) -> calls.merge(name, -count, Long::sum));
        calls.remove("munmap"); // By the collector, at any time.
        calls.values().removeIf(count -> count == 0);
        assertEquals(
                Map.of("open", 1L, "close", 1L, "fallocate", 1L, "fcntl", 3L, "mmap", 2L), calls);
    }

    /**
     * The reason for {@link CountsSyscalls}: an end that one test drops is closed during the next.
     */
    @Test
    void anUnreachableEndMakesNoCallOnceTheCountsHaveSettled() throws Exception {
        Pipe.create(directory.resolve("pipe"), PipeSpec.bounded().senders(1)).sender();
        CountsSyscalls.Settle.settle();
        Map<String, Long> before = SyscallCounts.snapshot();
        CountsSyscalls.Settle.settle();
        assertEquals(before, SyscallCounts.snapshot());
    }
}
