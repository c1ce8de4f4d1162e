package io.sluice.compare.rig;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Side;
import io.sluice.compare.transport.Transports;
import io.sluice.os.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The process at one end. Tells the coordinator on standard output, a line each, that it is ready,
 * and what it found; ends when its standard input does, because then the coordinator is gone.
 */
public final class Endpoint {
    static final String READY = "ready";
    static final String RESULT = "result ";
    static final String ERROR = "error ";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Endpoint() {}

    /** The arguments of an endpoint, in the order of its command line. */
    record Task(
            Side side,
            String transport,
            Path directory,
            String address,
            String pattern,
            int size,
            int cpu,
            long warmUpNs,
            long blockNs) {
        List<String> toArguments() {
            return List.of(
                    side.name(),
                    transport,
                    directory.toString(),
                    address,
                    pattern,
                    Integer.toString(size),
                    Integer.toString(cpu),
                    Long.toString(warmUpNs),
                    Long.toString(blockNs));
        }

        static Task of(String[] arguments) {
            return new Task(
                    Side.valueOf(arguments[0]),
                    arguments[1],
                    Path.of(arguments[2]),
                    arguments[3],
                    arguments[4],
                    Integer.parseInt(arguments[5]),
                    Integer.parseInt(arguments[6]),
                    Long.parseLong(arguments[7]),
                    Long.parseLong(arguments[8]));
        }
    }

    /**
     * Runs one end.
     *
     * @param arguments those of a task
     */
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("parent").start(Endpoint::endWithTheCoordinator);
        try {
            Task task = Task.of(arguments);
            Threads.pinCurrentThread(task.cpu());
            SharedWords words = SharedWords.open(task.directory().resolve(LineFloor.FILE));
            try (Link link =
                    Transports.of(task.transport())
                            .open(task.side(), task.directory(), task.address(), task.size())) {
                say(READY);
                say(RESULT + JSON.writeValueAsString(run(task, link, words)));
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            say(ERROR + e);
            System.exit(1);
        }
    }

    private static EndpointResult run(Task task, Link link, SharedWords words) throws IOException {
        return task.side() == Side.INITIATOR
                ? new Initiator(link, words, task.size(), task.pattern())
                        .run(task.warmUpNs(), task.blockNs())
                : new Responder(link, words, task.size(), task.pattern()).run();
    }

    private static void say(String line) {
        System.out.println(line.replace('\n', ' '));
        System.out.flush();
    }

    private static void endWithTheCoordinator() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException e) {
            // The same as its end.
        }
        Runtime.getRuntime().halt(2);
    }

    static EndpointResult parse(String line) throws IOException {
        return JSON.readValue(line.substring(RESULT.length()), EndpointResult.class);
    }

    static EndCounters counters(ThreadUsage usage, long messages, Payload incoming) {
        Map<String, Long> calls = new TreeMap<>(usage.systemCalls());
        return new EndCounters(
                usage.cpuNs(),
                usage.userNs(),
                usage.systemNs(),
                usage.voluntarySwitches(),
                usage.involuntarySwitches(),
                usage.minorFaults(),
                messages,
                calls,
                incoming.lost(),
                incoming.duplicated(),
                incoming.corrupted());
    }
}
