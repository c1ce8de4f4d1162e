package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Link;
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

    private static final CountDownLatch BEGIN = new CountDownLatch(1);

    private Endpoint() {}

    /**
     * Runs one end.
     *
     * @param arguments a task
     */
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("parent").start(Endpoint::awaitParent);
        try {
            EndTask task = EndTask.JSON.readValue(arguments[0], EndTask.class);
            int cpu = task.plan().placement().cpu(task.side().ordinal());
            if (cpu >= 0) {
                Platform.pinCurrentThread(cpu);
            }
            printLine(RESULT + EndTask.JSON.writeValueAsString(run(task)));
        } catch (IOException | RuntimeException | LinkageError e) {
            printLine(ERROR + e);
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static List<EndpointResult> run(EndTask task) throws IOException, InterruptedException {
        Safepoints.readFrom(Path.of(task.safepoints()));
        Transport transport = Transports.of(task.plan().transport());
        Workload workload = task.plan().workload();
        if (workload.pattern() == Pattern.LIFECYCLE) {
            Lifecycle lifecycle = new Lifecycle(transport, task.link(), workload);
            signalReady();
            return List.of(task.initiates() ? lifecycle.initiate() : lifecycle.respond());
        }
        Fault fault = task.plan().fault();
        boolean isFaulty = fault != null && fault.side() == task.side();
        List<Link> links = new ArrayList<>();
        try {
            for (EndTask.Place at : task.links()) {
                Link link = transport.open(task.side(), at.path(), at.address(), workload.size());
                links.add(isFaulty ? fault.new FaultyLink(link) : link);
                link.batch(workload.batch());
            }
            signalReady();
            List<EndpointResult> results = exchange(task, links);
            if (links.get(0) instanceof Fault.FaultyLink link && link.pausedNs() > 0) {
                results.forEach(r -> r.number(Numbers.INJECTED_PAUSE_NS, link.pausedNs()));
            }
            return results;
        } finally {
            links.forEach(Link::close);
        }
    }

    private static List<EndpointResult> exchange(EndTask task, List<Link> links)
            throws IOException {
        PairPlan plan = task.plan();
        Workload workload = plan.workload();
        Link link = links.get(0);
        SharedWords words = task.link().words();
        if (workload.pattern() == Pattern.PEERDEATH) {
            PeerDeath death = new PeerDeath(link, words, workload);
            return List.of(task.initiates() ? death.send() : death.awaitPeerDeath());
        } else if (workload.pattern() == Pattern.FANIN) {
            FanInPattern many = new FanInPattern(link, words, workload);
            return List.of(
                    task.initiates() ? many.send(task.number()) : many.receive(plan.durations()));
        }
        Arrivals arrivals = plan.hasArrivals() ? Arrivals.open(task.link().path()) : null;
        if (!task.initiates()) {
            words.set(Initiator.PEER, ProcessHandle.current().pid());
            return new Responder(link, words, plan.workloads(), arrivals).run();
        }
        List<Conversation> talks = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            talks.add(new Conversation(links.get(i), task.links().get(i).words(), workload));
        }
        return new Initiator(talks, plan, task.helpers()).run(arrivals);
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
}
