package io.sluice.compare.peers;

import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SluiceTransport;
import io.sluice.compare.transport.Traits;
import io.sluice.compare.transport.Transport;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's ring buffers over mapped files, one each way, written and read in place, spinning. */
public final class AgronaTransport implements Transport {
    /** Agrona accesses memory through a JDK-internal class. */
    static final List<String> JVM_OPTIONS =
            List.of("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");

    private static final int CAPACITY = SluiceTransport.CAPACITY;
    private static final String THERE = "there";
    private static final String BACK = "back";
    private static final int PAGE = 4096;
    private static final int SIZE =
            (CAPACITY + RingBufferDescriptor.TRAILER_LENGTH + PAGE - 1) / PAGE * PAGE;

    private final boolean many;

    /** Creates the transport with the ring of one sender. */
    public AgronaTransport() {
        this(false);
    }

    private AgronaTransport(boolean many) {
        this.many = many;
    }

    @Override
    public List<Transport> variants() {
        return List.of(this, new AgronaTransport(true));
    }

    @Override
    public String id() {
        return many ? "agrona.m2o" : "agrona.o2o";
    }

    @Override
    public Waiting waiting() {
        return Waiting.SPIN;
    }

    @Override
    public String description() {
        return "Agrona "
                + (many ? "ManyToOneRingBuffer" : "OneToOneRingBuffer")
                + " on a mapped file, tryClaim, both ends spinning";
    }

    @Override
    public List<String> jvmOptions() {
        return JVM_OPTIONS;
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new Traits.Limit(CAPACITY / 8, "an eighth of a ring of " + CAPACITY),
                new Traits.Capacity(0, CAPACITY, "A claim fails, and is tried again."),
                new Traits.Cost(0, List.of(), List.of(), ""),
                new Traits.Ending(
                        false,
                        many
                                ? "No notification; a sender killed inside a claim blocks the ring"
                                        + " until a call of unblock()."
                                : "No notification.",
                        "The mapped files, in the run's directory, which the coordinator removes.",
                        "As long as the files, but not beyond the machine's end."));
    }

    @Override
    public boolean supportsFanIn() {
        return many;
    }

    @Override
    public boolean supportsBatches() {
        return true;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        for (String name : List.of(THERE, BACK)) {
            try (Descriptor file = Descriptor.create(directory.resolve(name))) {
                file.allocate(0, SIZE);
            }
        }
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Ring there = ring(directory.resolve(THERE));
        Ring back = ring(directory.resolve(BACK));
        return role == Role.INITIATOR ? new RingLink(there, back) : new RingLink(back, there);
    }

    private Ring ring(Path path) throws IOException {
        try (Descriptor file = Descriptor.open(path)) {
            MemorySegment memory = Mapping.map(file, 0, SIZE).segment();
            int length = CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
            UnsafeBuffer buffer = new UnsafeBuffer(memory.address(), length);
            RingBuffer ring =
                    many ? new ManyToOneRingBuffer(buffer) : new OneToOneRingBuffer(buffer);
            return new Ring(ring, memory);
        }
    }

    private record Ring(RingBuffer buffer, MemorySegment memory) {}

    private static final class RingLink implements Link {
        private static final int TYPE = 1;

        private final Ring out;
        private final Ring in;
        private Payload payload;
        private final MessageHandler check;

        RingLink(Ring out, Ring in) {
            this.out = out;
            this.in = in;
            this.check = (type, buffer, index, length) -> payload.verify(in.memory, index, length);
        }

        @Override
        public void send(Payload payload, long sequence) {
            int index;
            while ((index = out.buffer.tryClaim(TYPE, payload.size())) < 0) {
                Thread.onSpinWait();
            }
            payload.write(out.memory, index, sequence);
            out.buffer.commit(index);
        }

        @Override
        public void receive(Payload payload, int limit) {
            this.payload = payload;
            while (in.buffer.read(check, limit) == 0) {
                Thread.onSpinWait();
            }
        }

        @Override
        public long capacity() {
            return CAPACITY;
        }

        /** Does nothing: the mappings are removed when the process exits. */
        @Override
        public void close() {}
    }
}
