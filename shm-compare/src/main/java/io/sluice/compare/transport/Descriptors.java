package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import java.io.IOException;

/**
 * Descriptors to read from and to write to, which may be the same.
 *
 * @param in where messages come from
 * @param out where they go
 * @param capacity how many bytes one direction holds
 */
record Descriptors(int in, int out, long capacity) {
    static Descriptors ofPipes(int in, int out) throws IOException {
        return new Descriptors(in, out, KernelCalls.pipeCapacity(out));
    }

    static Descriptors ofSocket(int socket) throws IOException {
        return new Descriptors(socket, socket, Sockets.sendBuffer(socket));
    }

    void close() {
        KernelCalls.close(out);
        if (in != out) {
            KernelCalls.close(in);
        }
    }
}
