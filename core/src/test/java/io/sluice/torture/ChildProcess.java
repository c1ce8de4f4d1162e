package io.sluice.torture;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that is to be killed: some ends of a pipe, each on its own thread. A line of input
 * gives it its role, so that it can be started in advance, and reused:
 *
 * <pre>
 *   DIRECTORY JVM SEED POINTS END...     an end is sender:NUMBER, receiver:NUMBER, keeper:NUMBER or lossy:NUMBER
 * </pre>
 */
final class ChildProcess {
    private ChildProcess() {}

    public static void main(String[] arguments) throws Exception {
        warmUp();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = orders.readLine()) != null; ) {
            if (!line.isEmpty()) {
                run(line.split(" "));
            }
        }
    }

    /**
     * Loads the classes and links the calls, which would take most of a lifetime of milliseconds.
     */
    private static void warmUp() throws Exception {
        for (int receivers = 1; receivers <= 2; receivers++) {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(2).receivers(receivers));
            try (PipeReceiver receiver = pipe.receiver();
                    PipeSender sender = pipe.sender()) {
                for (int i = 0; i < 100; i++) {
                    sender.send(new byte[i]);
                    receiver.receive();
                }
                receiver.receive(Duration.ofMillis(1));
            }
        }
        Pipe rendezvous = Pipe.anonymous(PipeSpec.rendezvous().senders(2));
        try (PipeReceiver receiver = rendezvous.receiver();
                PipeSender sender = rendezvous.sender()) {
            sender.trySend(new byte[1]);
            receiver.receive(Duration.ofMillis(1));
        }
        Signals.send(ProcessHandle.current().pid(), 0);
    }

    private static void run(String[] order) throws Exception {
        Path directory = Path.of(order[0]);
        int jvm = Integer.parseInt(order[1]);
        long seed = Long.parseLong(order[2]);
        ControlFile controlFile = new ControlFile(directory);
        FailPoints.arm(controlFile, jvm, order[3]);
        controlFile.jvmState(jvm, ControlFile.ATTACHED);
        List<Thread> threads = new ArrayList<>();
        for (int i = 4; i < order.length; i++) {
            String[] end = order[i].split(":");
            int number = Integer.parseInt(end[1]);
            String kind = end[0];
            Thread.Builder builder = (seed + i) % 5 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(
                    builder.name(order[i])
                            .start(
                                    () ->
                                            runEnd(
                                                    directory,
                                                    controlFile,
                                                    kind,
                                                    number,
                                                    seed + number)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        FailPoints.arm(controlFile, jvm, "-");
        controlFile.jvmState(jvm, ControlFile.FINISHED);
    }

    private static void runEnd(
            Path directory, ControlFile controlFile, String kind, int end, long seed) {
        try {
            Pipe pipe = Pipe.open(directory.resolve("pipe"));
            if (kind.equals("sender")) {
                new ChildSender(pipe, controlFile, end, seed).run();
            } else {
                Journal journal = Journal.open(directory, end);
                new ChildReceiver(pipe, controlFile, journal, end, kind, seed).run();
            }
            controlFile.state(end, ControlFile.FINISHED);
        } catch (Throwable e) {
            controlFile.state(end, ControlFile.FAILED);
            synchronized (System.err) {
                System.err.println(kind + " " + end + " of " + directory);
                e.printStackTrace();
            }
        }
    }
}
