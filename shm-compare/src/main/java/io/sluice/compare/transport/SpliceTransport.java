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
        return new SpliceLink(pipes, new Counts(directory, role), size);
    }

    private static final class SpliceLink implements Link {
        private final Descriptors pipes;
        private final Counts counts;
        private final Splice splice;
        private final MemorySegment pages;
        private final MemorySegment incoming;
        private final int stride;
        private final int slots;

        SpliceLink(Descriptors pipes, Counts counts, int size) {
            this.pipes = pipes;
            this.counts = counts;
            this.splice = new Splice(pipes.out());
            this.stride = (size + PAGE - 1) / PAGE * PAGE;
            // What the pipe holds, and one to write, and one that a reader may be at.
            this.slots = (int) pipes.capacity() / PAGE / (stride / PAGE) + 2;
            this.pages = Arena.ofAuto().allocate((long) slots * stride, PAGE);
            this.incoming = Arena.ofAuto().allocate(size, 64);
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            counts.awaitRoom(slots);
            long slot = counts.sent++ % slots * stride;
            payload.write(pages, slot, sequence);
            splice.write(pages.asSlice(slot, stride), payload.size());
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            KernelCalls.readFully(pipes.in(), incoming, payload.size());
            counts.countReceived();
            payload.verify(incoming, 0, payload.size());
        }

        @Override
        public long capacity() {
            return pipes.capacity();
        }

        @Override
        public void close() {
            pipes.close();
        }
    }
}
