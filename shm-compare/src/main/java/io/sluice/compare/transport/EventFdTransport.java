package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.Claim;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Shared memory with the usual way to sleep beside it: a ring, and an eventfd that counts messages.
 * The sender adds one for each; a receiver that finds the ring empty sleeps in a read. A sender
 * that finds it full sets a flag in a shared word and sleeps in a read of another eventfd.
 */
final class EventFdTransport extends SluiceTransport {
    EventFdTransport(Mechanism mechanism) {
        super(mechanism);
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        Counts.create(directory);
        return super.prepare(directory);
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Pipe out = Pipe.open(role.out(directory));
        Pipe in = Pipe.open(role.in(directory));
        int[] fds = new int[4];
        if (role == Role.INITIATOR) {
            for (int i = 0; i < fds.length; i++) {
                fds[i] = KernelCalls.eventFd();
            }
        }
        fds = Sockets.pass(directory, role == Role.RESPONDER, fds);
        Ring there = new Ring(fds[0], fds[1], 0);
        Ring back = new Ring(fds[2], fds[3], 1);
        return new RingLink(
                out,
                in,
                Counts.words(directory),
                role.choose(there, back),
                role.choose(back, there));
    }

    /**
     * The event descriptors and the flag of one direction.
     *
     * @param messages the eventfd that counts messages
     * @param room the one that a sender without room reads
     * @param full the index of the shared word that is that flag
     */
    private record Ring(int messages, int room, int full) {}

    private static final class RingLink extends PipeLink {
        private final SharedWords words;
        private final Ring out;
        private final Ring in;
        private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
        private final MemorySegment count = Arena.ofAuto().allocate(JAVA_LONG);

        RingLink(Pipe sending, Pipe receiving, SharedWords words, Ring out, Ring in)
                throws IOException {
            super(
                    sending.sender(BusySpinIdleStrategy.INSTANCE),
                    receiving.receiver(BusySpinIdleStrategy.INSTANCE),
                    sending.capacity());
            this.words = words;
            this.out = out;
            this.in = in;
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
            MessageHandler check = check(payload);
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
        public void close() {
            super.close();
            IntStream.of(out.messages, out.room, in.messages, in.room).forEach(KernelCalls::close);
        }
    }
}
