package io.sluice.compare.rig;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import io.sluice.linux.Affinity;
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
     * @param separateCpus whether the ends have a CPU each
     * @param effort how long
     * @param seed decides what is left to chance
     * @param fault what goes wrong at this end, or null
     * @param helpers ids of processes that work for both ends
     */
    record EndpointTask(
            Role side,
            int number,
            String transport,
            String directory,
            List<String> addresses,
            Workload workload,
            int cpu,
            boolean separateCpus,
            ForkDurations effort,
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
        Thread.ofPlatform().daemon().name("parent").start(Endpoint::awaitParent);
        try {
            EndpointTask endpointTask = JSON.readValue(arguments[0], EndpointTask.class);
            if (endpointTask.cpu() >= 0) {
                Affinity.pinCurrentThread(endpointTask.cpu());
            }
            EndpointResult result = run(endpointTask);
            printLine(RESULT + JSON.writeValueAsString(result));
        } catch (IOException | RuntimeException | LinkageError e) {
            printLine(ERROR + e);
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static EndpointResult run(EndpointTask endpointTask)
            throws IOException, InterruptedException {
        Path directory = Path.of(endpointTask.directory());
        SharedWords words = SharedWords.open(directory.resolve(CacheLineFloor.FILE));
        Transport transport = Transports.of(endpointTask.transport());
        Workload workload = endpointTask.workload();
        boolean first = endpointTask.side() == Role.INITIATOR;
        if (workload.pattern() == Pattern.LIFECYCLE) {
            signalReady();
            Lifecycle lifecycle = new Lifecycle(transport, words, directory, workload);
            return first ? lifecycle.initiate() : lifecycle.respond();
        }
        if (workload.pattern() == Pattern.FANOUT && first) {
            return fanOut(endpointTask, transport, directory, words);
        }
        String address = endpointTask.addresses().get(0);
        Path place = linkDirectory(endpointTask, directory);
        try (Link opened = transport.open(endpointTask.side(), place, address, workload.size())) {
            if (endpointTask.fault() == null) {
                return runLink(endpointTask, opened, directory, words);
            }
            Fault.FaultyLink link = endpointTask.fault().wrap(opened);
            EndpointResult result = runLink(endpointTask, link, directory, words);
            return link.pausedNs() == 0
                    ? result
                    : result.withNumber(Numbers.INJECTED_PAUSE_NS, link.pausedNs());
        }
    }

    private static EndpointResult runLink(
            EndpointTask endpointTask, Link link, Path directory, SharedWords words)
            throws IOException, InterruptedException {
        Workload workload = endpointTask.workload();
        boolean first = endpointTask.side() == Role.INITIATOR;
        signalReady();
        if (workload.pattern() == Pattern.PEERDEATH) {
            if (first) {
                PeerDeath.send(link, words, workload);
            }
            return PeerDeath.awaitPeerDeath(link, words, workload);
        }
        if (workload.pattern() == Pattern.FANIN) {
            return first
                    ? FanInPattern.send(link, words, workload, endpointTask.number())
                    : FanInPattern.receive(link, words, workload, endpointTask.effort());
        }
        if (first) {
            Conversation talk = new Conversation(link, words, workload);
            Traffic traffic = Traffic.of(workload, talk, directory, endpointTask.seed());
            return new Initiator(
                            List.of(talk),
                            traffic,
                            endpointTask.separateCpus(),
                            endpointTask.helpers())
                    .run(endpointTask.effort());
        }
        boolean noted = workload.pattern() == Pattern.ONEWAY;
        Arrivals arrivals = noted ? Arrivals.open(directory) : null;
        return new Responder(link, words, workload, arrivals).run();
    }

    /** Links that lead to different receivers have a directory each. */
    private static Path linkDirectory(EndpointTask endpointTask, Path directory) {
        return endpointTask.workload().pattern().hasLinkPerReceiver()
                ? directory.resolve("link-" + endpointTask.number())
                : directory;
    }

    private static EndpointResult fanOut(
            EndpointTask endpointTask, Transport transport, Path directory, SharedWords words)
            throws IOException, InterruptedException {
        List<Link> links = new ArrayList<>();
        try {
            for (int i = 0; i < endpointTask.addresses().size(); i++) {
                links.add(
                        transport.open(
                                Role.INITIATOR,
                                directory.resolve("link-" + i),
                                endpointTask.addresses().get(i),
                                endpointTask.workload().size()));
            }
            signalReady();
            List<Conversation> talks =
                    links.stream()
                            .map(link -> new Conversation(link, words, endpointTask.workload()))
                            .toList();
            return new Initiator(talks, new FanOutPattern(talks), false, endpointTask.helpers())
                    .run(endpointTask.effort());
        } finally {
            links.forEach(Link::close);
        }
    }

    private static void signalReady() throws InterruptedException {
        System.gc(); // what starting has left behind is not to be collected while we measure
        printLine(READY);
        BEGIN.await();
    }

    private static void printLine(String line) {
        System.out.println(line.replace('\n', ' '));
        System.out.flush();
    }

    private static void awaitParent() {
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
