package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Proof;
import io.sluice.children.ClassCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two processes that exchange messages, one of which is killed. The coordinator's cleanup then
 * leaves nothing: no file, queue, segment or process. And the survivor is notified, where the
 * traits state it.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KilledEnd {
    private static final int SIZE = 4096;
    private static final String RUNNING = "running";
    private static final String NOTICED = "noticed";

    /** Returns those to choose from. */
    abstract List<Transport> candidates();

    /**
     * Returns one way to wait of each: the others leave the same. All if {@code sluice.proof} is
     * set, else every twentieth.
     */
    List<Transport> mechanisms() {
        List<Transport> each =
                candidates().stream()
                        .collect(Collectors.toMap(Transport::id, t -> t, (a, b) -> a))
                        .values()
                        .stream()
                        .sorted(java.util.Comparator.comparing(Transport::id))
                        .toList();
        int step = Proof.size(20, 1);
        return IntStream.range(0, each.size())
                .filter(i -> i % step == 0)
                .mapToObj(each::get)
                .toList();
    }

    /** One end. */
    static final class EndProcess {
        private EndProcess() {}

        public static void main(String[] arguments) throws IOException {
            Role role = Role.valueOf(arguments[1]);
            Link link =
                    Transports.of(arguments[0])
                            .open(role, Path.of(arguments[2]), arguments[3], SIZE);
            Payload outgoing = new Payload(SIZE);
            Payload incoming = new Payload(SIZE);
            try {
                for (long i = 0; ; i++) {
                    if (role == Role.INITIATOR) {
                        link.send(outgoing, i);
                        link.receive(incoming, 1);
                    } else {
                        link.receive(incoming, 1);
                        link.send(outgoing, i);
                    }
                    if (i == 100) {
                        System.out.println(RUNNING);
                    }
                }
            } catch (IOException | RuntimeException e) {
                System.out.println(NOTICED);
            }
            assertEquals(0, incoming.lost() + incoming.duplicated() + incoming.corrupted());
            System.exit(0); // Aeron's threads would keep the process running.
        }
    }

    private static Process start(Transport transport, Role role, Path directory, String address)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ClassCache.BRIEF);
        command.addAll(List.of("-Xmx64m", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(transport.jvmOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(EndProcess.class.getName());
        command.addAll(List.of(transport.name(), role.name(), directory.toString(), address));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void leavesNothing(Transport transport) throws Exception {
        assumeTrue(
                transport.unavailable().isEmpty(),
                () -> transport.name() + ": " + transport.unavailable().orElseThrow());
        Set<String> before = traces();
        Path directory = LinkPair.directory();
        List<Process> ends = new ArrayList<>();
        Transport.Prepared prepared = transport.prepare(directory);
        assertTrue(traces().contains(directory.getFileName().toString()), "what is there is seen");
        int made = transport.id().equals("mq.sysv") ? 3 : 1;
        assertEquals(before.size() + made, traces().size());
        try {
            for (Role role : List.of(Role.RESPONDER, Role.INITIATOR)) {
                ends.add(start(transport, role, directory, prepared.address()));
            }
            BufferedReader survivor = ends.get(1).inputReader();
            assertEquals(RUNNING, ends.get(0).inputReader().readLine(), "the responder");
            assertEquals(RUNNING, survivor.readLine(), "the initiator");
            prepared.release().run();
            ends.get(0).destroyForcibly();
            if (transport.traits().ending().peerNotified()) {
                assertEquals(NOTICED, survivor.readLine(), "the survivor is told");
                assertTrue(ends.get(1).waitFor(10, TimeUnit.SECONDS), "the survivor ends");
                assertEquals(0, ends.get(1).exitValue(), "nothing was lost or damaged");
            }
        } finally {
            ends.forEach(end -> end.destroyForcibly().onExit().join());
            prepared.remove().run();
            LinkPair.delete(directory);
        }
        assertEquals(before, traces());
        for (long helper : prepared.helpers()) {
            assertFalse(ProcessHandle.of(helper).isPresent(), "a helper lives");
        }
        if (transport.id().startsWith("mq.posix")) {
            for (String name : List.of("-there", "-back")) {
                assertFalse(PosixQueueTransport.unlink(prepared.address() + name), "a name");
            }
        }
    }

    /** Queues that this process made, and its directories. Others may test at the same time. */
    private static Set<String> traces() throws IOException {
        Set<String> traces = new TreeSet<>();
        for (int id : SystemVQueueTransport.created(by -> by == ProcessHandle.current().pid())) {
            traces.add("queue " + id);
        }
        for (Path directory :
                Set.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))) {
            if (Files.isDirectory(directory)) {
                try (var entries = Files.list(directory)) {
                    entries.map(entry -> entry.getFileName().toString())
                            .filter(name -> name.startsWith(LinkPair.PREFIX))
                            .forEach(traces::add);
                }
            }
        }
        return traces;
    }
}
