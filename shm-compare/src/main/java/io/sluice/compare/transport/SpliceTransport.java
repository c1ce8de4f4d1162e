package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Splice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A pipe into which the sender splices its pages, so that only the reader's copy remains: {@code
 * vmsplice(2)}. A page must not be written again before it has been read: the reader counts the
 * messages read in a shared word, and the sender cycles through so many pages that it does not have
 * to wait for that count once the pipe itself has accepted a message.
 */
final class SpliceTransport extends PipeTransport {
    SpliceTransport(Mechanism mechanism) {
        super(mechanism);
    }

    @Override
    public Optional<String> tooLarge(int size) {
        return size >= PAGE
                ? Optional.empty()
                : Optional.of(id() + " carries from " + PAGE + " bytes: it moves pages");
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors pipes = connect(role, directory, address);
        Counts counts = new Counts(directory, role);
        Splice splice = new Splice(pipes.out);
        int stride = (size + PAGE - 1) / PAGE * PAGE;
        // What the pipe holds, and one to write, and one that a reader may be at.
        int slots = (int) pipes.capacity / stride + 2;
        MemorySegment outgoing = Arena.ofAuto().allocate((long) slots * stride, PAGE);
        MemorySegment incoming = Arena.ofAuto().allocate(size, 64);
        return new Link() {
            @Override
            public void send(Payload payload, long sequence) throws IOException {
                counts.awaitRoom(slots);
                long slot = counts.sent++ % slots * stride;
                payload.write(outgoing, slot, sequence);
                splice.write(outgoing.asSlice(slot, stride), payload.size());
            }

            @Override
            public void receive(Payload payload, int limit) throws IOException {
                KernelCalls.readFully(pipes.in, incoming, payload.size());
                counts.countReceived();
                payload.verify(incoming, 0, payload.size());
            }

            @Override
            public long capacity() {
                return pipes.capacity;
            }

            @Override
            public void close() {
                pipes.close();
            }
        };
    }
}
