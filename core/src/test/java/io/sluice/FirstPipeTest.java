package io.sluice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The classes that the first pipe of a JVM loads, which determine its cost. */
@Timeout(60)
class FirstPipeTest {
    /** Creates a pipe and uses it once. */
    static final class First {
        public static void main(String[] arguments) throws Exception {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
            try (PipeSender sender = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                sender.send(new byte[8]);
                System.out.println("received " + receiver.receive().length);
            }
        }
    }

    /**
     * All system calls share one linker stub with errno and one without; no {@code SecureRandom} or
     * thread pool is loaded.
     */
    @Test
    void systemCallsShareWhatTheLinkerMakes() throws Exception {
        List<String> flags = List.of("--enable-native-access=ALL-UNNAMED", "-Xlog:class+load");
        int stubs = 0;
        boolean received = false;
        try (ChildJvm child = ChildJvm.startPlain(flags, First.class)) {
            for (String line; (line = child.readLine()) != null; ) {
                stubs += line.contains(".DowncallStub") ? 1 : 0;
                received |= line.equals("received 8");
                for (String dear : List.of("java.security.SecureRandom ", ".ThreadPoolExecutor ")) {
                    assertTrue(!line.contains(dear), line);
                }
            }
        }
        assertTrue(received);
        assertTrue(stubs == 1 || stubs == 2, stubs + " signatures were linked");
    }
}
