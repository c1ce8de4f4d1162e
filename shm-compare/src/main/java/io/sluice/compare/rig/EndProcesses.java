package io.sluice.compare.rig;

import io.sluice.compare.transport.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The processes of a fork. All are killed when their time is over, and once one of them has failed,
 * so that no other waits for it, in an open for instance. One thread; any may kill.
 */
final class EndProcesses implements AutoCloseable {
    /** The exit status of a process that SIGKILL ended: of those whose peer has failed. */
    private static final int KILLED = 128 + 9;

    private final List<End> ends = new CopyOnWriteArrayList<>();
    private final long limitSeconds;
    private CompletableFuture<Void> deadline = new CompletableFuture<>();
    private String late;
    private volatile boolean killed;

    private record End(Role side, Process process) {
        IOException failure(String said) {
            return new IOException(this + ": " + said.substring(Endpoint.ERROR.length()));
        }

        @Override
        public String toString() {
            return side == Role.INITIATOR ? "the initiator" : "the responder";
        }
    }

    /**
     * Creates none yet.
     *
     * @param limitSeconds how long they may take until they are ready, and from there to the end
     */
    EndProcesses(long limitSeconds) {
        this.limitSeconds = limitSeconds;
        killAfter(limitSeconds, "the ends did not finish within %d s and were killed");
    }

    /** Starts one, which is killed at once if all have been. */
    Process start(Role side, List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        ends.add(new End(side, process));
        if (killed) {
            kill();
        }
        return process;
    }

    /** Kills all, but leaves what they said to be read, which {@link Process#destroy} closes. */
    void kill() {
        killed = true;
        ends.forEach(end -> end.process.toHandle().destroyForcibly());
    }

    /**
     * Kills all in a while, instead of when they were to be killed before.
     *
     * @param reason what is then said of a fork
     */
    private void killAfter(long seconds, String reason) {
        late = reason.formatted(seconds);
        deadline.cancel(false);
        deadline =
                CompletableFuture.runAsync(
                        this::kill, CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS));
    }

    /** Waits until all are ready; they then have all their time again. */
    void awaitReady() throws IOException {
        for (End end : ends) {
            end.process.onExit().thenAccept(dead -> killAllOnFailure(end));
        }
        next(Endpoint.READY);
        killAfter(limitSeconds, late); // starting took what a busy machine needs
    }

    private void killAllOnFailure(End dead) {
        if (dead.process.exitValue() != 0 && ends.contains(dead)) {
            kill();
        }
    }

    /**
     * Kills the initiator; the others remain.
     *
     * @param seconds how long they may take to notice
     * @return when it was killed, as nanoTime
     */
    long killInitiator(long seconds) {
        End killed = ends.stream().filter(end -> end.side == Role.INITIATOR).findFirst().get();
        ends.remove(killed);
        killAfter(seconds, "the survivor did not find out within %d s");
        long now = System.nanoTime();
        killed.process.destroyForcibly().onExit().join();
        return now;
    }

    /** Lets all begin. */
    void begin() throws IOException {
        for (End end : ends) {
            end.process.getOutputStream().write('\n');
            end.process.getOutputStream().flush();
        }
    }

    /** Waits for the results of each end's workloads, the initiators' first. */
    List<List<EndpointResult>> results() throws IOException {
        List<List<EndpointResult>> results = new ArrayList<>();
        for (String said : next(Endpoint.RESULT)) {
            results.add(RecordLine.readList(said, EndpointResult.class));
        }
        return results;
    }

    /**
     * Returns what each end says next, after a prefix: the initiators first, whose error is the
     * more precise one, because a responder waits for it.
     *
     * @throws IOException if one says nothing: an end that failed ends all others, so the message
     *     is what the one that failed said, whichever that is
     */
    List<String> next(String prefix) throws IOException {
        List<String> said = new ArrayList<>();
        for (End end : ends.stream().sorted(Comparator.comparing(End::side)).toList()) {
            String line = end.process.inputReader().readLine();
            if (line == null) {
                throw failure();
            } else if (line.startsWith(Endpoint.ERROR)) {
                throw end.failure(line);
            } else if (!line.startsWith(prefix)) {
                throw new IOException("%s said '%s' instead of %s".formatted(end, line, prefix));
            }
            said.add(line.substring(prefix.length()));
        }
        return said;
    }

    private IOException failure() throws IOException {
        for (End end : ends) {
            for (String line : end.process.inputReader().readAllLines()) {
                if (line.startsWith(Endpoint.ERROR)) {
                    return end.failure(line);
                }
            }
        }
        return ends.stream()
                .map(end -> end.process.onExit().join().exitValue())
                .filter(status -> status != 0 && status != KILLED)
                .map(status -> new IOException("an end left with status " + status))
                .findFirst()
                .orElse(new IOException(late));
    }

    /** Waits until all have exited. */
    void awaitExits() {
        ends.forEach(end -> end.process.onExit().join());
    }

    /** Kills all that still run, and waits for their ends. */
    @Override
    public void close() {
        ends.forEach(end -> end.process.destroyForcibly());
        awaitExits();
        deadline.cancel(false);
    }
}
