package io.sluice.torture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The orders to the processes of a phase, and their state, in a mapped file: what was written
 * before a kill is there after it. Each process and each end has a line, which only it writes. Ends
 * are numbered through the phase; a number is never reused.
 */
final class ControlFile {
    static final int MAX_JVMS = 4096;
    static final int MAX_ENDS = 8192;

    /** Orders to all: senders send and receivers receive; senders close; receivers drain. */
    static final long RUN = 0;

    static final long CLOSE = 1;
    static final long DRAIN = 2;

    /** States of an end or a process; an end is starting, attached, finished or failed. */
    static final long STARTING = 0;

    static final long ATTACHED = 1;
    static final long FINISHED = 2;
    static final long FAILED = 3;

    private static final int BLOCK_LENGTH = 64;
    private static final int STATE = 0;
    private static final int POINT = 8;
    private static final int NANOS = 16;
    private static final int STOPS = 24;
    private static final int ATTEMPTED = 8;
    private static final int ACCEPTED = 16;
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;

    ControlFile(Path directory) throws IOException {
        long size = (long) BLOCK_LENGTH * (1 + MAX_JVMS + MAX_ENDS);
        try (FileChannel file =
                FileChannel.open(
                        directory.resolve("ledger"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            memory = file.map(FileChannel.MapMode.READ_WRITE, 0, size, Arena.ofAuto());
        }
    }

    private static long blockOffset(int index) {
        return (long) BLOCK_LENGTH * (1 + index);
    }

    private static long endOffset(int end) {
        return blockOffset(MAX_JVMS + end);
    }

    private long get(long offset) {
        return (long) WORD.getAcquire(memory, offset);
    }

    private void set(long offset, long value) {
        WORD.setRelease(memory, offset, value);
    }

    long order() {
        return get(0);
    }

    void order(long order) {
        set(0, order);
    }

    long jvmState(int jvm) {
        return get(blockOffset(jvm) + STATE);
    }

    void jvmState(int jvm, long state) {
        set(blockOffset(jvm) + STATE, state);
    }

    void killPoint(int jvm, int point) {
        set(blockOffset(jvm) + NANOS, System.nanoTime());
        set(blockOffset(jvm) + POINT, point + 1);
    }

    /** Returns the point at which the process killed itself, or -1. */
    int killPoint(int jvm) {
        return (int) get(blockOffset(jvm) + POINT) - 1;
    }

    long killNanos(int jvm) {
        return get(blockOffset(jvm) + NANOS);
    }

    /** Records a stop, before the signal is sent; {@link #resumed} ends it. */
    void stopPoint(int jvm, int point) {
        set(blockOffset(jvm) + STOPS, point + 1);
    }

    int stopPoint(int jvm) {
        return (int) get(blockOffset(jvm) + STOPS) - 1;
    }

    void resumed(int jvm) {
        set(blockOffset(jvm) + STOPS, 0);
    }

    long state(int end) {
        return get(endOffset(end) + STATE);
    }

    void state(int end, long state) {
        set(endOffset(end) + STATE, state);
    }

    /** Returns how many messages a sender may have sent. */
    long attempted(int end) {
        return get(endOffset(end) + ATTEMPTED);
    }

    void attempted(int end, long count) {
        set(endOffset(end) + ATTEMPTED, count);
    }

    /** Returns how many messages a sender has certainly sent, or a receiver has received. */
    long accepted(int end) {
        return get(endOffset(end) + ACCEPTED);
    }

    /** Returns how many messages several ends have sent or received. */
    long acceptedTotal(Iterable<CrashScenario.ScenarioEnd> scenarioEnds) {
        long sum = 0;
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            sum += accepted(scenarioEnd.number());
        }
        return sum;
    }

    void accepted(int end, long count) {
        set(endOffset(end) + ACCEPTED, count);
    }
}
