package io.sluice.compare.rig;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import io.sluice.linux.Platform;
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
     * @param directory that of this fork
     * @param addresses the mechanism's address, for each link of this end
     * @param workloads what both do, one after the other
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
            List<Workload> workloads,
            int cpu,
            boolean separateCpus,
            ForkDurations effort,
            long seed,
            Fault fault,
            List<Long> helpers) {
        /** Returns the only workload, or the first, which has the size of all. */
        Workload workload() {
            return workloads.get(0);
        }

        boolean initiates() {
            return side == Role.INITIATOR;
        }

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
                Platform.pinCurrentThread(endpointTask.cpu());
            }
            printLine(RESULT + JSON.writeValueAsString(run(endpointTask)));
        } catch (IOException | RuntimeException | LinkageError e) {
            printLine(ERROR + e);
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static List<EndpointResult> run(EndpointTask endpointTask)
            throws IOException, InterruptedException {
        Path directory = Path.of(endpointTask.directory());
        Safepoints.readFrom(Safepoints.log(endpointTask, directory));
        SharedWords words = SharedWords.open(directory.resolve(CacheLineFloor.FILE));
        Transport transport = Transports.of(endpointTask.transport());
        Workload workload = endpointTask.workload();
        boolean first = endpointTask.initiates();
        if (workload.pattern() == Pattern.LIFECYCLE) {
            signalReady();
            Lifecycle lifecycle = new Lifecycle(transport, words, directory, workload);
            return List.of(first ? lifecycle.initiate() : lifecycle.respond());
        }
        if (workload.pattern() == Pattern.FANOUT && first) {
            return List.of(fanOut(endpointTask, transport, directory, words));
        }
        String address = endpointTask.addresses().get(0);
        Path place = linkDirectory(endpointTask, directory);
        try (Link opened = transport.open(endpointTask.side(), place, address, workload.size())) {
            opened.batch(workload.batch());
            if (endpointTask.fault() == null) {
                return runLink(endpointTask, opened, directory, words);
            }
            Fault.FaultyLink link = endpointTask.fault().wrap(opened);
            List<EndpointResult> results = runLink(endpointTask, link, directory, words);
            return link.pausedNs() == 0
                    ? results
                    : results.stream()
                            .map(r -> r.withNumber(Numbers.INJECTED_PAUSE_NS, link.pausedNs()))
                            .toList();
        }
    }

    private static List<EndpointResult> runLink(
            EndpointTask task, Link link, Path directory, SharedWords words)
            throws IOException, InterruptedException {
        signalReady();
        Workload workload = task.workload();
        if (workload.pattern() == Pattern.PEERDEATH) {
            if (task.initiates()) {
                PeerDeath.send(link, words, workload);
            }
            return List.of(PeerDeath.awaitPeerDeath(link, words, workload));
        }
        if (workload.pattern() == Pattern.FANIN) {
            return List.of(
                    task.initiates()
                            ? FanInPattern.send(link, words, workload, task.number())
                            : FanInPattern.receive(link, words, workload, task.effort()));
        }
        boolean noted = task.workloads().stream().anyMatch(w -> w.pattern() == Pattern.ONEWAY);
        Arrivals arrivals = noted ? Arrivals.open(directory) : null;
        if (!task.initiates()) {
            words.set(Initiator.PEER, ProcessHandle.current().pid());
            return new Responder(link, words, task.workloads(), arrivals).run();
        }
        Conversation talk = new Conversation(link, words, workload);
        Initiator initiator =
                new Initiator(List.of(talk), task.separateCpus(), task.helpers(), task.effort());
        List<EndpointResult> results = new ArrayList<>();
        for (Workload each : task.workloads()) {
            if (!results.isEmpty()) {
                talk.exchange(Marker.NEXT);
                link.batch(each.batch());
            }
            results.add(initiator.run(Traffic.of(each, talk, arrivals, task.seed())));
        }
        return initiator.end(results);
    }

    /** Links that lead to different receivers have a directory each. */
    private static Path linkDirectory(EndpointTask endpointTask, Path directory) {
        return endpointTask.workload().pattern() == Pattern.FANOUT
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
            links.forEach(link -> link.batch(endpointTask.workload().batch()));
            signalReady();
            List<Conversation> talks =
                    links.stream()
                            .map(link -> new Conversation(link, words, endpointTask.workload()))
                            .toList();
            Initiator initiator =
                    new Initiator(talks, false, endpointTask.helpers(), endpointTask.effort());
            EndpointResult result = initiator.run(new FanOutPattern(talks));
            return initiator.end(List.of(result)).get(0);
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

    static List<EndpointResult> parse(String line) throws IOException {
        return List.of(JSON.readValue(line.substring(RESULT.length()), EndpointResult[].class));
    }
}
