package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Splice;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A pipe into which the sender splices its pages, so that only the reader's copy remains: {@code
 * vmsplice(2)}. A page must not be written again before it has been read: the reader counts the
 * messages read in a shared word, and the sender cycles through so many pages that it does not have
 * to wait for that count once the pipe itself has accepted a message.
 */
public final class SpliceTransport extends NamedTransport {
    private static final int PAGE = PipeTransport.PAGE;
    private static final String WORDS = "words";

    /** Creates it. */
    public SpliceTransport() {
        super(
                "pipe.vmsplice",
                Factors.BLOCK,
                "a pipe of the sender's own pages (vmsplice), from 4096 bytes, with a return count");
    }

    @Override
    public Traits traits() {
        return new PipeTransport()
                .traits()
                .with(new Traits.Cost(1, List.of("vmsplice"), List.of("read"), ""))
                .with(
                        new Traits.Ending(
                                true,
                                Traits.Ending.WITH_THE_DESCRIPTORS.onPeerDeath(),
                                HintedLink.ENDING.leftovers(),
                                "Until the last descriptor is closed: the pipe keeps the pages."));
    }

    @Override
    public Optional<String> tooLarge(int size) {
        return size >= PAGE
                ? Optional.empty()
                : Optional.of(id() + " carries from " + PAGE + " bytes: it moves pages");
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        SharedWords.create(directory.resolve(WORDS));
        return AnonymousPipes.prepare(0);
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors pipes = AnonymousPipes.open(role, address);
        SharedWords words = SharedWords.open(directory.resolve(WORDS));
        return new SpliceLink(
                pipes, words, role, size, KernelCalls.pipeCapacity(pipes.out()) / PAGE);
    }

    private static final class SpliceLink implements Link {
        private final Descriptors pipes;
        private final SharedWords words;
        private final Splice splice;
        private final MemorySegment pages;
        private final MemorySegment incoming;
        private final int stride;
        private final int slots;
        private final int capacity;
        private final int read;
        private final int peerRead;
        private long sent;
        private long received;

        SpliceLink(Descriptors pipes, SharedWords words, Role role, int size, int pipePages) {
            this.pipes = pipes;
            this.words = words;
            this.splice = new Splice(pipes.out());
            this.stride = (size + PAGE - 1) / PAGE * PAGE;
            // What the pipe holds, and one to write, and one that a reader may be at.
            this.slots = pipePages / (stride / PAGE) + 2;
            this.capacity = pipePages * PAGE;
            this.pages = Arena.ofAuto().allocate((long) slots * stride, PAGE);
            this.incoming = Arena.ofAuto().allocate(size, 64);
            this.read = role == Role.INITIATOR ? 0 : 1;
            this.peerRead = 1 - read;
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            while (sent - words.get(peerRead) >= slots) {
                Thread.onSpinWait();
            }
            long slot = sent++ % slots * stride;
            payload.write(pages, slot, sequence);
            splice.write(pages.asSlice(slot, stride), payload.size());
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            KernelCalls.readFully(pipes.in(), incoming, payload.size());
            words.set(read, ++received);
            payload.verify(incoming, 0, payload.size());
        }

        @Override
        public long capacity() {
            return capacity;
        }

        @Override
        public void close() {
            pipes.close();
        }
    }
}
