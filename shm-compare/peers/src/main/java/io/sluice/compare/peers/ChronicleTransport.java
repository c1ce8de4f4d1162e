package io.sluice.compare.peers;

import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.GlobalSegment;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.NamedTransport;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Traits;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.StoreFileListener;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.TestRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Chronicle Queue, one each way, written and read in place, spinning. It persists every message:
 * this is not the same service as the others', and the row states it. One file per second, each
 * deleted when it has been read, so that a run does not fill the disk.
 */
public final class ChronicleTransport extends NamedTransport {
    private static final String THERE = "there";
    private static final String BACK = "back";
    private static final String WORDS = "words";
    private static final int LONGEST = 1 << 20;

    /** The limit of unread bytes: the queue itself is unbounded. */
    private static final long UNREAD = 64 << 20;

    /** Creates it. */
    public ChronicleTransport() {
        super(
                "chronicle.queue",
                Waiting.SPIN,
                "Chronicle Queue, which persists every message; a file a second, both ends spinning");
    }

    /** Returns the exports and opens that Chronicle needs for its access to JDK internals. */
    @Override
    public List<String> jvmOptions() {
        return List.of(
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dchronicle.analytics.disable=true");
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new Traits.Limit(LONGEST, "no more is tried here; its own limit is in its blocks"),
                new Traits.Capacity(
                        0,
                        UNREAD,
                        "Nothing: the queue grows. Here the sender waits at 64 MiB that are not"
                                + " read."),
                new Traits.Cost(
                        0, List.of(), List.of(), "Calls for a new file each second, not counted."),
                new Traits.Ending(
                        false,
                        "No notification: a queue has no ends.",
                        "The queue's files, in the run's directory, which the coordinator removes.",
                        "Persists: until the files are deleted, and beyond the machine's end"
                                + " as far as they have reached the disk."));
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        SharedWords.create(directory.resolve(WORDS));
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        boolean initiator = role == Role.INITIATOR;
        // Two threads of one process that make a queue at a time: Chronicle's constructor iterates
        // over a map of all threads' locals (ConcurrentModificationException).
        synchronized (ChronicleTransport.class) {
            return new QueueLink(
                    queue(directory.resolve(initiator ? THERE : BACK), false),
                    queue(directory.resolve(initiator ? BACK : THERE), true),
                    SharedWords.open(directory.resolve(WORDS)),
                    initiator ? 0 : 1,
                    Math.max(1, UNREAD / size));
        }
    }

    private static ChronicleQueue queue(Path path, boolean reading) {
        StoreFileListener deleter =
                new StoreFileListener() {
                    @Override
                    public void onReleased(int cycle, File file) {
                        file.delete(); // If it is still used, the coordinator deletes it.
                    }
                };
        SingleChronicleQueueBuilder builder =
                SingleChronicleQueueBuilder.single(path.toString())
                        .rollCycle(TestRollCycles.TEST_SECONDLY);
        return (reading ? builder.storeFileListener(deleter) : builder).build();
    }

    private static final class QueueLink implements Link {
        private final ChronicleQueue out;
        private final ChronicleQueue in;
        private final ExcerptAppender appender;
        private final ExcerptTailer tailer;
        private final SharedWords words;
        private final int read;
        private final int peerRead;
        private final long room;
        private long sent;
        private long received;

        QueueLink(ChronicleQueue out, ChronicleQueue in, SharedWords words, int read, long room) {
            this.out = out;
            this.in = in;
            this.appender = out.createAppender();
            this.tailer = in.createTailer();
            this.words = words;
            this.read = read;
            this.peerRead = 1 - read;
            this.room = room;
        }

        @Override
        public void send(Payload payload, long sequence) {
            while (sent - words.get(peerRead) >= room) {
                Thread.onSpinWait();
            }
            try (DocumentContext message = appender.writingDocument()) {
                Bytes<?> bytes = message.wire().bytes();
                bytes.ensureCapacity(bytes.writePosition() + payload.size());
                long at = bytes.addressForWrite(bytes.writePosition());
                payload.write(GlobalSegment.ALL, at, sequence);
                bytes.writeSkip(payload.size());
            }
            sent++;
        }

        @Override
        public void receive(Payload payload, int limit) {
            while (true) {
                try (DocumentContext message = tailer.readingDocument()) {
                    if (message.isPresent()) {
                        Bytes<?> bytes = message.wire().bytes();
                        long at = bytes.addressForRead(bytes.readPosition());
                        payload.verify(GlobalSegment.ALL, at, (int) bytes.readRemaining());
                        words.set(read, ++received);
                        return;
                    }
                }
                Thread.onSpinWait();
            }
        }

        @Override
        public long capacity() {
            return UNREAD;
        }

        @Override
        public void close() {
            appender.close();
            tailer.close();
            out.close();
            in.close();
            BackgroundResourceReleaser
                    .releasePendingResources(); // Now, not later on another thread.
        }
    }
}
