package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.Claim;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.result.Factors;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Shared memory with the usual way to sleep beside it: a ring, and an eventfd that counts messages.
 * The sender adds one for each; a receiver that finds the ring empty sleeps in a read. A sender
 * that finds it full sets a flag in a shared word and sleeps in a read of another eventfd.
 */
public final class EventFdTransport extends NamedTransport {
    private static final int CAPACITY = SluiceTransport.CAPACITY;
    private static final String THERE = "there";
    private static final String BACK = "back";
    private static final String SOCKET = "socket";
    private static final String WORDS = "words";

    /** Creates it. */
    public EventFdTransport() {
        super(
                "eventfd",
                Factors.EVENTFD,
                "a ring in shared memory (a Sluice pipe), and an eventfd to sleep at");
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new SluiceTransport().traits().longest(),
                new Traits.Capacity(0, CAPACITY, "The sender sleeps at a second eventfd."),
                new Traits.Cost(
                        0,
                        List.of("write"),
                        List.of(),
                        "A read by a receiver that finds the ring empty; both for a full ring."),
                new Traits.Ending(
                        false,
                        "No notification of an end that sleeps at an eventfd; one that polls the ring sees it.",
                        "The ring's files, in the run's directory, which the coordinator removes.",
                        "As long as the ring's files, but not beyond the machine's end."));
    }

    @Override
    public boolean supportsBatches() {
        return true;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        Pipe.create(directory.resolve(THERE), PipeSpec.bounded(CAPACITY).senders(1));
        Pipe.create(directory.resolve(BACK), PipeSpec.bounded(CAPACITY).senders(1));
        SharedWords.create(directory.resolve(WORDS));
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Pipe there = Pipe.open(directory.resolve(THERE));
        Pipe back = Pipe.open(directory.resolve(BACK));
        SharedWords words = SharedWords.open(directory.resolve(WORDS));
        boolean initiator = role == Role.INITIATOR;
        int[] fds = share(initiator, Sockets.Address.of(directory.resolve(SOCKET)));
        Ring out = new Ring(fds[initiator ? 0 : 2], fds[initiator ? 1 : 3], initiator ? 0 : 1);
        Ring in = new Ring(fds[initiator ? 2 : 0], fds[initiator ? 3 : 1], initiator ? 1 : 0);
        return new RingLink(
                (initiator ? there : back).sender(BusySpinIdleStrategy.INSTANCE),
                (initiator ? back : there).receiver(BusySpinIdleStrategy.INSTANCE),
                words,
                out,
                in);
    }

    private static int[] share(boolean initiator, Sockets.Address name) throws IOException {
        int[] fds = new int[4];
        int socket;
        if (initiator) {
            for (int i = 0; i < fds.length; i++) {
                fds[i] = KernelCalls.eventFd();
            }
            socket = Sockets.connect(name, Sockets.Type.STREAM);
            Sockets.sendDescriptors(socket, fds);
        } else {
            socket = Sockets.acceptOne(name, Sockets.Type.STREAM);
            fds = Sockets.receiveDescriptors(socket, fds.length);
        }
        KernelCalls.close(socket);
        return fds;
    }

    /**
     * The event descriptors and the flag of one direction.
     *
     * @param messages the eventfd that counts messages
     * @param room the one that a sender without room reads
     * @param full the index of the shared word that is that flag
     */
    private record Ring(int messages, int room, int full) {}

    private static final class RingLink implements Link {
        private final PipeSender sender;
        private final PipeReceiver receiver;
        private final SharedWords words;
        private final Ring out;
        private final Ring in;
        private final MemorySegment one = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);
        private final MemorySegment count = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);
        private Payload payload;
        private final MessageHandler check =
                (memory, offset, length) -> payload.verify(memory, offset, length);

        RingLink(PipeSender sender, PipeReceiver receiver, SharedWords words, Ring out, Ring in) {
            this.sender = sender;
            this.receiver = receiver;
            this.words = words;
            this.out = out;
            this.in = in;
            one.set(JAVA_LONG, 0, 1);
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            Claim claim = sender.tryClaim(payload.size());
            while (claim == null) {
                words.set(out.full, 1);
                VarHandle.fullFence(); // Set the flag, then retry; the receiver does the reverse.
                claim = sender.tryClaim(payload.size());
                if (claim == null) {
                    KernelCalls.readMessage(out.room, count, Long.BYTES);
                    claim = sender.tryClaim(payload.size());
                }
            }
            payload.write(claim.base(), claim.offset(), sequence);
            claim.commit();
            KernelCalls.writeMessage(out.messages, one, Long.BYTES);
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            this.payload = payload;
            while (receiver.poll(check, limit) == 0) {
                if (receiver.isEndOfStream()) {
                    throw new EOFException("the other end is gone");
                }
                KernelCalls.readMessage(in.messages, count, Long.BYTES);
            }
            VarHandle.fullFence();
            if (words.get(in.full) != 0) {
                words.set(in.full, 0);
                KernelCalls.writeMessage(in.room, one, Long.BYTES);
            }
        }

        @Override
        public long capacity() {
            return CAPACITY;
        }

        @Override
        public void close() {
            sender.close();
            receiver.close();
            new Descriptors(out.messages, out.room).close();
            new Descriptors(in.messages, in.room).close();
        }
    }
}
