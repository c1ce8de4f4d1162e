package io.sluice.user;

import io.sluice.ChannelCorruptedException;
import io.sluice.EndOptions;
import io.sluice.OverflowPolicy;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Makes each kind of event happen once or more in this process, in pipes of a directory. Its parent
 * has messages taken by a process that it kills, and is told what to expect.
 */
public final class EventScenario {
    /** Much longer than the threshold: the first event loads its classes. */
    private static final Duration WAIT = Duration.ofMillis(600);

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final byte[] MESSAGE = new byte[56];

    private final Path directory;
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in));

    private EventScenario(Path directory) {
        this.directory = directory;
    }

    /** Receives a message, and never returns from its handler. */
    public static final class Taker {
        private Taker() {}

        public static void main(String[] arguments) throws Exception {
            Pipe pipe = Pipe.open(Path.of(arguments[0]));
            PipeReceiver receiver = pipe.receiver();
            receiver.receive(
                    (memory, offset, length) -> {
                        System.out.println("taken");
                        try {
                            System.in.read(); // Until it is killed.
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    },
                    1);
        }
    }

    public static void main(String[] arguments) throws Exception {
        EventScenario scenario = new EventScenario(Path.of(arguments[0]));
        say("ready");
        scenario.expect("go");
        scenario.waits();
        scenario.deathOfOneOfSeveral();
        scenario.deathOfTheOnlyOne();
        scenario.grow();
        scenario.drop();
        scenario.lose();
        scenario.corrupt();
        say("done");
        scenario.expect("exit");
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private void expect(String line) throws IOException {
        String said = in.readLine();
        if (!line.equals(said)) {
            throw new AssertionError(said + " instead of " + line);
        }
    }

    private Pipe create(String name, PipeSpec spec) throws IOException {
        return Pipe.create(directory.resolve(name), spec);
    }

    private static void check(boolean condition, Object state) {
        if (!condition) {
            throw new AssertionError(state);
        }
    }

    private void waits() throws Exception {
        try (Pipe pipe = create("waits", PipeSpec.bounded(4096).senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            check(receiver.receive(WAIT) == null, pipe);
            check(receiver.receive(Duration.ofMillis(1)) == null, pipe); // Too short an event.
            while (sender.trySend(MESSAGE)) {}
            check(!sender.send(MESSAGE, WAIT), pipe);
        }
    }

    private void takeAndDie(Pipe pipe) throws IOException {
        say("take " + pipe.path());
        expect("killed");
    }

    private void deathOfOneOfSeveral() throws Exception {
        try (Pipe pipe = create("several", PipeSpec.bounded(4096).receivers(2));
                PipeSender sender = pipe.sender()) {
            check(sender.trySend(MESSAGE), pipe);
            takeAndDie(pipe);
            try (PipeReceiver receiver = pipe.receiver()) {
                check(receiver.receive(DEADLINE) != null, pipe);
            }
        }
    }

    private void deathOfTheOnlyOne() throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(1).retainWithoutReceivers(true);
        try (Pipe pipe = create("one", spec);
                PipeSender sender = pipe.sender()) {
            check(sender.trySend(MESSAGE), pipe);
            takeAndDie(pipe);
            try (PipeReceiver receiver = pipe.receiver()) {
                check(receiver.receive(DEADLINE) != null, pipe);
            }
        }
    }

    private void grow() throws Exception {
        try (Pipe pipe = create("grows", PipeSpec.unbounded(1 << 15, 4096).senders(1));
                PipeSender sender = pipe.sender()) {
            long before = pipe.statistics().lanes().getFirst().allocatedBytes();
            while (sender.trySend(MESSAGE)) {}
            long after = pipe.statistics().lanes().getFirst().allocatedBytes();
            say("grown " + (after - before));
        }
    }

    private void drop() throws Exception {
        PipeSpec spec =
                PipeSpec.unbounded(1 << 15, 4096).senders(1).overflow(OverflowPolicy.DROP_OLDEST);
        try (Pipe pipe = create("drops", spec)) {
            try (PipeSender sender = pipe.sender()) {
                for (int i = 0; i < 2000; i++) {
                    check(sender.trySend(MESSAGE), pipe);
                }
                long before = dropped(pipe);
                while (dropped(pipe) == before) { // So that the last send has dropped some.
                    check(sender.trySend(MESSAGE), pipe);
                }
            }
            say("dropped " + dropped(pipe));
        }
    }

    private static long dropped(Pipe pipe) throws IOException {
        return pipe.statistics().lanes().getFirst().dropped();
    }

    private void lose() throws Exception {
        try (Pipe pipe = create("loses", PipeSpec.broadcast(4096));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver(EndOptions.defaults().lossy())) {
            for (int i = 0; i < 1000; i++) {
                check(sender.trySend(MESSAGE), pipe);
            }
            check(receiver.tryReceive() != null, pipe);
            say("lost " + receiver.lost() + " " + receiver.lostBytes());
        }
    }

    private void corrupt() throws Exception {
        try (Pipe pipe = create("corrupt", PipeSpec.bounded(4096).senders(2));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            check(sender.trySend(MESSAGE), pipe);
            overwrite(pipe.path());
            try {
                receiver.tryReceive();
                throw new AssertionError("received what was overwritten: " + pipe);
            } catch (ChannelCorruptedException e) {
                say("found " + e.getMessage());
            }
        }
    }

    /** Overwrites the end of the first lane of a pipe, where a small ring is. */
    public static void overwrite(Path pipe) throws IOException {
        try (Stream<Path> files = Files.list(pipe)) {
            Path lane =
                    files.filter(f -> f.getFileName().toString().startsWith("lane-"))
                            .findFirst()
                            .orElseThrow();
            try (FileChannel file = FileChannel.open(lane, StandardOpenOption.WRITE)) {
                byte[] garbage = new byte[4096];
                Arrays.fill(garbage, (byte) 0x55);
                file.write(ByteBuffer.wrap(garbage), file.size() - garbage.length);
            }
        }
    }
}
