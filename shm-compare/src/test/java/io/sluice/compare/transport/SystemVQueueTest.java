package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue whose creator was killed before it removed it. */
@Tag("alone")
@Timeout(60)
class SystemVQueueTest {
    /** A coordinator that creates a queue and prints its id. */
    static final class QueueCreator {
        private QueueCreator() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println(SystemVQueueTransport.create(0));
            while (System.in.read() >= 0) {}
        }
    }

    @Test
    void theNextRunRemovesWhatAKilledOneLeft(@TempDir Path directory) throws Exception {
        Process maker =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                QueueCreator.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        int id = -1;
        try {
            id = Integer.parseInt(maker.inputReader().readLine());
            assertFalse(SystemVQueueTransport.orphaned().contains(id), "its maker lives");
            maker.destroyForcibly().waitFor();
            assertTrue(SystemVQueueTransport.orphaned().contains(id), "its maker is gone");
            Transport.Prepared prepared = Transports.of("mq.sysv").prepare(directory);
            prepared.release().run();
            prepared.remove().run();
            assertFalse(
                    SystemVQueueTransport.orphaned().contains(id), "the next run has removed it");
            assertEquals(
                    List.of(),
                    SystemVQueueTransport.created(by -> by == ProcessHandle.current().pid()));
        } finally {
            maker.destroyForcibly().waitFor();
            if (id >= 0) {
                SystemVQueueTransport.remove(id);
            }
        }
    }

    @Test
    void aProcessHasEachQueueOnce() throws Exception {
        int id = SystemVQueueTransport.create(0);
        try {
            SystemCallException e =
                    assertThrows(SystemCallException.class, () -> SystemVQueueTransport.create(0));
            assertTrue(e.getMessage().startsWith("msgget failed for "), e.getMessage());
            assertEquals(SystemCallException.EEXIST, e.errno());
        } finally {
            SystemVQueueTransport.remove(id);
        }
    }
}
