package io.sluice.compare.transport;

import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A pipe whose ends never sleep, which takes the waiting out of the kernel's cost and leaves the
 * rest in: the writer writes, and then counts up a word in shared memory; the reader looks at that
 * word until it changes, and only then reads, so that no call ever blocks, fails or fights for the
 * pipe's lock. The writer likewise waits for the reader's count while the pipe is full.
 */
final class HintedPipeTransport implements Transport {
    /** A pipe counts in pages: a message does not share a page with one that does not fit. */
    private static final int PAGE = 4096;

    private static final String WORDS = "words";

    @Override
    public String id() {
        return "pipe.hint";
    }

    @Override
    public String waiting() {
        return Factors.HINT;
    }

    @Override
    public String description() {
        return "the same pipe without sleeping: a flag in shared memory says when to read";
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        SharedWords.create(directory.resolve(WORDS));
        return AnonymousPipes.prepare();
    }

    @Override
    public Link open(Side side, Path directory, String address, int size) throws IOException {
        return new HintedLink(
                AnonymousPipes.open(side, address, size),
                SharedWords.open(directory.resolve(WORDS)),
                side,
                size);
    }

    private static final class HintedLink implements Link {
        private final ByteStreamLink pipe;
        private final SharedWords words;
        private final int written;
        private final int othersWritten;
        private final int read;
        private final int othersRead;
        private final long room;
        private long sent;
        private long received;

        HintedLink(ByteStreamLink pipe, SharedWords words, Side side, int size) {
            this.pipe = pipe;
            this.words = words;
            boolean initiator = side == Side.INITIATOR;
            this.written = initiator ? 0 : 1;
            this.othersWritten = initiator ? 1 : 0;
            this.read = initiator ? 2 : 3;
            this.othersRead = initiator ? 3 : 2;
            long pages = pipe.capacity() / PAGE;
            this.room =
                    size <= PAGE
                            ? pages * (PAGE / size)
                            : Math.max(1, pages / ((size + PAGE - 1) / PAGE));
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            while (sent - words.get(othersRead) >= room) {
                Thread.onSpinWait();
            }
            pipe.send(payload, sequence);
            words.set(written, ++sent);
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            while (words.get(othersWritten) == received) {
                Thread.onSpinWait();
            }
            pipe.receive(payload, limit);
            words.set(read, ++received);
        }

        @Override
        public long capacity() {
            return pipe.capacity();
        }

        @Override
        public void close() {
            pipe.close();
        }
    }
}
