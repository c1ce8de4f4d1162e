package io.sluice.compare.rig;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Side;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import io.sluice.os.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The process at one end. Reports to the coordinator on standard output, one line each, that it is
 * ready, and its result. Starts when it reads a byte from standard input, and exits at the end of
 * that input, because then the coordinator has exited.
 */
public final class Endpoint {
    static final String READY = "ready";
    static final String RESULT = "result ";
    static final String ERROR = "error ";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CountDownLatch BEGIN = new CountDownLatch(1);

    private Endpoint() {}

    /**
     * The task of one end.
     *
     * @param side which end it is
     * @param transport the mechanism's id
     * @param number which one of several at that side, from 0
     * @param directory that of this launch
     * @param addresses the mechanism's address, for each link of this end
     * @param workload what both do
     * @param cpu where to run; negative for anywhere
     * @param apart whether the ends have a CPU each
     * @param effort how long
     * @param seed decides what is left to chance
     * @param fault what goes wrong at this end, or null
     * @param helpers ids of processes that work for both ends
     */
    record Task(
            Side side,
            int number,
            String transport,
            String directory,
            List<String> addresses,
            Workload workload,
            int cpu,
            boolean apart,
            Effort effort,
            long seed,
            Fault fault,
            List<Long> helpers) {
        String toArgument() throws IOException {
            return JSON.writeValueAsString(this);
        }
    }

    /**
     * Runs one end.
     *
     * @param arguments a task
     */
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("parent").start(Endpoint::listen);
        try {
            Task task = JSON.readValue(arguments[0], Task.class);
            if (task.cpu() >= 0) {
                Threads.pinCurrentThread(task.cpu());
            }
            EndpointResult result = run(task);
            say(RESULT + JSON.writeValueAsString(result));
        } catch (IOException | RuntimeException | LinkageError e) {
            say(ERROR + e);
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static EndpointResult run(Task task) throws IOException, InterruptedException {
        Path directory = Path.of(task.directory());
        SharedWords words = SharedWords.open(directory.resolve(LineFloor.FILE));
        Transport transport = Transports.of(task.transport());
        Workload workload = task.workload();
        boolean first = task.side() == Side.INITIATOR;
        if (workload.pattern().equals(Factors.LIFECYCLE)) {
            ready();
            Lifecycle lifecycle = new Lifecycle(transport, words, directory, workload);
            return first ? lifecycle.initiate() : lifecycle.respond();
        }
        if (workload.pattern().equals(Factors.FANOUT) && first) {
            return fanOut(task, transport, directory, words);
        }
        String address = task.addresses().get(0);
        Path place = place(task, directory);
        try (Link opened = transport.open(task.side(), place, address, workload.size())) {
            if (task.fault() == null) {
                return converse(task, opened, directory, words);
            }
            Fault.Faulty link = task.fault().into(opened);
            EndpointResult result = converse(task, link, directory, words);
            return link.pausedNs() == 0
                    ? result
                    : result.withNumber(Numbers.INJECTED_PAUSE_NS, link.pausedNs());
        }
    }

    private static EndpointResult converse(Task task, Link link, Path directory, SharedWords words)
            throws IOException, InterruptedException {
        Workload workload = task.workload();
        boolean first = task.side() == Side.INITIATOR;
        ready();
        if (workload.pattern().equals(Factors.PEERDEATH)) {
            if (first) {
                PeerDeath.send(link, words, workload);
            }
            return PeerDeath.survive(link, words, workload);
        }
        if (workload.pattern().equals(Factors.FANIN)) {
            return first
                    ? FanIn.send(link, words, workload, task.number())
                    : FanIn.receive(link, words, workload, task.effort());
        }
        if (first) {
            Conversation talk = new Conversation(link, words, workload);
            Traffic traffic = Traffic.of(workload, talk, directory, task.seed());
            return new Initiator(List.of(talk), traffic, task.apart(), task.helpers())
                    .run(task.effort());
        }
        boolean noted = workload.pattern().equals(Factors.ONEWAY);
        Arrivals arrivals = noted ? Arrivals.open(directory) : null;
        return new Responder(link, words, workload, arrivals).run();
    }

    /** Links that lead to different receivers have a directory each. */
    private static Path place(Task task, Path directory) {
        return task.workload().pattern().equals(Factors.FANOUT)
                ? directory.resolve("link-" + task.number())
                : directory;
    }

    private static EndpointResult fanOut(
            Task task, Transport transport, Path directory, SharedWords words)
            throws IOException, InterruptedException {
        List<Link> links = new ArrayList<>();
        try {
            for (int i = 0; i < task.addresses().size(); i++) {
                links.add(
                        transport.open(
                                Side.INITIATOR,
                                directory.resolve("link-" + i),
                                task.addresses().get(i),
                                task.workload().size()));
            }
            ready();
            List<Conversation> talks =
                    links.stream()
                            .map(link -> new Conversation(link, words, task.workload()))
                            .toList();
            return new Initiator(talks, new FanOut(talks), false, task.helpers())
                    .run(task.effort());
        } finally {
            links.forEach(Link::close);
        }
    }

    private static void ready() throws InterruptedException {
        System.gc(); // what starting has left behind is not to be collected while we measure
        say(READY);
        BEGIN.await();
    }

    private static void say(String line) {
        System.out.println(line.replace('\n', ' '));
        System.out.flush();
    }

    private static void listen() {
        try {
            while (System.in.read() >= 0) {
                BEGIN.countDown();
            }
        } catch (IOException e) {
            // The same as its end.
        }
        Runtime.getRuntime().halt(2);
    }

    static EndpointResult parse(String line) throws IOException {
        return JSON.readValue(line.substring(RESULT.length()), EndpointResult.class);
    }
}
