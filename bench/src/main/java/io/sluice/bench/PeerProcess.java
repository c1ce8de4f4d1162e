package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The other end of a benchmark, in another process: a sender or an echo, pinned to the CPU that the
 * thread would have. The process serves all trials of this JVM, and has its options, so that it is
 * as warm. It ends at the end of its input, whatever its threads do.
 */
final class PeerProcess implements Counterpart {
    private static JvmProcess process;

    private final Path directory;

    /** Starts the process unless it runs. Not on a pinned thread, whose CPU it would inherit. */
    PeerProcess() {
        try {
            if (process == null) {
                process = new JvmProcess(PeerProcess.class);
                process.answer();
            }
            directory = TemporaryDirectories.create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the receiving end of a subject here, and lets the process send to it. */
    ByteSubject receiveFrom(String subject, int size) {
        ByteSubject end = open(directory, "there", subject, size, false, true);
        process.ask("stream " + directory + " " + subject + " " + size);
        return end;
    }

    /** Opens the sending and the receiving end here, in this order; the process is the echo. */
    List<ByteSubject> exchangeWith(String subject, int size) {
        List<ByteSubject> ends =
                List.of(
                        open(directory, "there", subject, size, true, true),
                        open(directory, "back", subject, size, false, true));
        process.ask("roundtrip " + directory + " " + subject + " " + size);
        return ends;
    }

    private static ByteSubject open(
            Path directory, String name, String subject, int size, boolean sends, boolean first) {
        RemoteEnd end = new RemoteEnd(directory.resolve(name), size, sends, first);
        return ByteSubjects.end(subject, end);
    }

    @Override
    public void check() {
        process.ask("check");
    }

    @Override
    public void stop() {
        process.ask("stop");
        TemporaryDirectories.delete(directory);
    }

    /** Returns what the process has used, in addition to this one; nothing if there is none. */
    static ResourceUse plusUse(ResourceUse own) {
        return process == null
                ? own
                : own.plus(process.handle().pid(), Long.parseLong(process.ask("compiled")));
    }

    /**
     * Runs the process: reads an order a line, and answers with a line.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        Counterpart counterpart = null;
        List<ByteSubject> ends = new ArrayList<>();
        int exitCode = 1;
        System.out.println(Trial.READY);
        try {
            for (String order; (order = orders.readLine()) != null; ) {
                String[] words = order.split(" ");
                String answer = order;
                switch (words[0]) {
                    case "stream" -> {
                        ends.add(open(words, "there", true));
                        counterpart = new SenderThread(ends.getFirst());
                    }
                    case "roundtrip" -> {
                        ends.add(open(words, "there", false));
                        ends.add(open(words, "back", true));
                        counterpart = new Echo(ends.getFirst(), ends.getLast());
                    }
                    case "check" -> counterpart.check();
                    case "compiled" ->
                            answer =
                                    Long.toString(
                                            ManagementFactory.getCompilationMXBean()
                                                    .getTotalCompilationTime());
                    case "stop" -> {
                        counterpart.stop();
                        ends.forEach(ByteSubject::close);
                        ends.clear();
                    }
                    default -> throw new IllegalArgumentException(order);
                }
                System.out.println(answer);
            }
            exitCode = 0;
        } catch (Exception e) {
            e.printStackTrace();
        }
        Runtime.getRuntime().halt(exitCode); // Other threads may be running.
    }

    private static ByteSubject open(String[] words, String name, boolean sends) {
        return open(Path.of(words[1]), name, words[2], Integer.parseInt(words[3]), sends, false);
    }
}
