package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
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
     * @param arguments a task, and the source of its transport, each as a line
     */
    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("parent").start(Endpoint::awaitParent);
        try {
            EndTask task = RecordLine.read(arguments[0], EndTask.class);
            Placement.pin(task.plan().placement().cpu(task.side().ordinal()));
            Transport transport =
                    RecordLine.read(arguments[1], Transports.TransportSource.class).transport();
            printLine(RESULT + RecordLine.write(run(task, transport)));
        } catch (IOException | RuntimeException | LinkageError e) {
            printLine(ERROR + e);
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static List<EndpointResult> run(EndTask task, Transport transport)
            throws IOException, InterruptedException {
        Safepoints.readFrom(task.safepoints());
        PairPlan plan = task.plan();
        Workload workload = plan.workload();
        if (workload.pattern() == Pattern.LIFECYCLE) {
            SharedWords words = task.link().words();
            Lifecycle lifecycle = new Lifecycle(transport, words, task.link().path(), workload);
            signalReady();
            return List.of(task.initiates() ? lifecycle.initiate() : lifecycle.respond());
        }
        Fault fault = plan.fault();
        boolean isFaulty = fault != null && fault.side() == task.side();
        List<Conversation> talks = new ArrayList<>();
        try {
            for (EndTask.Place at : task.links()) {
                Link link = transport.open(task.side(), at.path(), at.address(), workload.size());
                talks.add(new Conversation(isFaulty ? fault.new FaultyLink(link) : link, at, plan));
                link.batch(workload.batch());
            }
            signalReady();
            List<EndpointResult> results = exchange(task, talks);
            if (talks.get(0).link instanceof Fault.FaultyLink link && link.pausedNs() > 0) {
                results.forEach(r -> r.number(Numbers.INJECTED_PAUSE_NS, link.pausedNs()));
            }
            return results;
        } finally {
            talks.forEach(talk -> talk.link.close());
        }
    }

    private static List<EndpointResult> exchange(EndTask task, List<Conversation> talks)
            throws IOException {
        List<Workload> workloads = task.plan().workloads();
        return switch (workloads.get(0).pattern()) {
            case PEERDEATH -> List.of(PeerDeath.run(task, talks.get(0)));
            case FANIN -> List.of(FanInPattern.run(task, talks.get(0)));
            default ->
                    task.initiates()
                            ? new Initiator(talks, task).run()
                            : Responder.run(talks.get(0), workloads);
        };
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
