package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.compare.kernel.Downcall;
import io.sluice.compare.kernel.KernelCalls;
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
    private static final Downcall VMSPLICE = Downcall.of("vmsplice");

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
        int stride = (size + PAGE - 1) / PAGE * PAGE;
        // What the pipe holds, and one to write, and one that a reader may be at.
        int slots = (int) pipes.capacity / stride + 2;
        MemorySegment outgoing = Arena.ofAuto().allocate((long) slots * stride, PAGE);
        MemorySegment iov = Arena.ofAuto().allocate(JAVA_LONG, 2);
        MemorySegment incoming = Arena.ofAuto().allocate(size, 64);
        return new DescriptorLink(pipes) {
            @Override
            public void send(Payload payload, long sequence) throws IOException {
                counts.awaitRoom(slots);
                long slot = counts.sent++ % slots * stride;
                payload.write(outgoing, slot, sequence);
                for (long done = 0; done < payload.size(); ) {
                    iov.set(JAVA_LONG, 0, outgoing.address() + slot + done);
                    iov.set(JAVA_LONG, Long.BYTES, payload.size() - done);
                    done += VMSPLICE.transfer(pipes.out, iov, 1);
                }
            }

            @Override
            public void receive(Payload payload, int limit) throws IOException {
                KernelCalls.readFully(pipes.in, incoming, payload.size());
                counts.countReceived();
                payload.verify(incoming, 0, payload.size());
            }
        };
    }
}
