package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import java.io.IOException;

/** What one end of a connection holds: where messages come from, and where they go. One thread. */
final class Descriptors {
    final int in;
    final int out;

    /** How many bytes one direction holds. */
    final long capacity;

    private Runnable release;

    Descriptors(int in, int out, long capacity, Runnable release) {
        this.in = in;
        this.out = out;
        this.capacity = capacity;
        this.release = release;
    }

    static Descriptors ofPair(int in, int out, long capacity) {
        return new Descriptors(in, out, capacity, () -> KernelCalls.close(out, in));
    }

    static Descriptors ofPipes(int in, int out) throws IOException {
        return ofPair(in, out, KernelCalls.pipeCapacity(out));
    }

    static Descriptors ofSocket(int socket) throws IOException {
        return ofSocket(socket, Sockets.sendBuffer(socket));
    }

    static Descriptors ofSocket(int socket, long capacity) {
        return new Descriptors(socket, socket, capacity, () -> KernelCalls.close(socket));
    }

    /** Releases them once: later the numbers may be other descriptors'. */
    void close() {
        Runnable now = release;
        release = () -> {};
        now.run();
    }
}
