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
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Shared memory with the usual way to sleep beside it: a ring, and an eventfd that counts messages.
 * The sender adds one for each; a receiver that finds the ring empty sleeps in a read. A sender
 * that finds it full sets a flag in a shared word and sleeps in a read of another eventfd.
 */
final class EventFdTransport extends SluiceTransport {
    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Pipe out = Pipe.open(role.out(directory));
        Pipe in = Pipe.open(role.in(directory));
        int[] own = new int[4];
        if (role == Role.INITIATOR) {
            for (int i = 0; i < own.length; i++) {
                own[i] = KernelCalls.eventFd();
            }
        }
        int[] fds = Sockets.pass(directory, role == Role.RESPONDER, own);
        int first = role.choose(0, 2); // The descriptors that it sends with.
        int messages = fds[first]; // Counts messages.
        int room = fds[first + 1]; // Read by a sender without room.
        int peerMessages = fds[2 - first];
        int peerRoom = fds[3 - first];
        int full = role.ordinal(); // The word that is the sender's flag.
        int peerFull = 1 - full;
        SharedWords words = Counts.words(directory);
        MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
        MemorySegment count = Arena.ofAuto().allocate(JAVA_LONG);
        IdleStrategy idle = BusySpinIdleStrategy.INSTANCE;
        return new PipeLink(out.sender(idle), in.receiver(idle), out.capacity()) {
            private int[] open = fds;

            @Override
            public void send(Payload payload, long sequence) throws IOException {
                Claim claim = sender.tryClaim(payload.size());
                while (claim == null) {
                    words.set(full, 1);
                    // Set the flag, then retry; the receiver does the reverse.
                    VarHandle.fullFence();
                    claim = sender.tryClaim(payload.size());
                    if (claim == null) {
                        KernelCalls.readMessage(room, count, Long.BYTES);
                        claim = sender.tryClaim(payload.size());
                    }
                }
                payload.write(claim.base(), claim.offset(), sequence);
                claim.commit();
                KernelCalls.writeMessage(messages, one, Long.BYTES);
            }

            @Override
            public void receive(Payload payload, int limit) throws IOException {
                MessageHandler check = check(payload);
                while (receiver.poll(check, limit) == 0) {
                    if (receiver.isEndOfStream()) {
                        throw new EOFException("the other end is gone");
                    }
                    KernelCalls.readMessage(peerMessages, count, Long.BYTES);
                }
                VarHandle.fullFence();
                if (words.get(peerFull) != 0) {
                    words.set(peerFull, 0);
                    KernelCalls.writeMessage(peerRoom, one, Long.BYTES);
                }
            }

            @Override
            public void close() {
                super.close();
                KernelCalls.close(open);
                open = new int[0]; // The numbers may be reused by then.
            }
        };
    }
}
