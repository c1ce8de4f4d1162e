package io.sluice.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.sluice.BrokenChannelException;
import io.sluice.Ends;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Sluice's pipe in the topologies of mailboxes, to compare competing receivers with one: messages
 * of 32 bytes, whose first word is that of {@link FanInTally#word}. The capacity is that of the
 * other subjects for bytes.
 */
final class SluicePipeObjects implements ObjectSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps a sender's message off the cache lines of other objects. */
    private static final int PADDING = 128;

    private static final int SIZE = FanInSubject.SIZE;

    private final Pipe pipe;

    static ObjectSubject of(Topology topology) {
        return new SluicePipeObjects(topology, topology.oneReceiver() ? Ends.ONE : Ends.MANY);
    }

    /** Returns a pipe that may have several receivers, also where it has one. */
    static ObjectSubject shared(Topology topology) {
        return new SluicePipeObjects(topology, Ends.MANY);
    }

    private SluicePipeObjects(Topology topology, Ends receivers) {
        PipeSpec spec =
                PipeSpec.bounded(ByteSubjects.CAPACITY)
                        .senders(topology.oneSender() ? Ends.ONE : Ends.MANY)
                        .receivers(receivers);
        try {
            pipe = Pipe.anonymous(spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public SubjectSender sender(int number) {
        try {
            return new PipeObjectSender(pipe.sender(BusySpinIdleStrategy.INSTANCE), number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        try {
            return new PipeObjectReceiver(pipe.receiver(BusySpinIdleStrategy.INSTANCE), tally);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class PipeObjectSender implements SubjectSender {
        private final byte[] message = new byte[PADDING + SIZE + PADDING];
        private final PipeSender sender;
        private final int number;

        PipeObjectSender(PipeSender sender, int number) {
            this.sender = sender;
            this.number = number;
        }

        @Override
        public boolean trySend(long sequence) {
            WORD.set(message, PADDING, FanInTally.word(number, sequence));
            try {
                return sender.trySend(message, PADDING, SIZE);
            } catch (BrokenChannelException e) {
                return false; // At the end: the receivers are closed first.
            }
        }

        @Override
        public void closeSender() {
            sender.close();
        }
    }

    private static final class PipeObjectReceiver implements SubjectReceiver {
        private final PipeReceiver receiver;
        private final MessageHandler handler;

        PipeObjectReceiver(PipeReceiver receiver, ObjectTally tally) {
            this.receiver = receiver;
            this.handler =
                    (memory, offset, length) -> {
                        long first = memory.get(JAVA_LONG_UNALIGNED, offset);
                        long rest =
                                memory.get(JAVA_LONG_UNALIGNED, offset + 8)
                                        + memory.get(JAVA_LONG_UNALIGNED, offset + 16)
                                        + memory.get(JAVA_LONG_UNALIGNED, offset + 24);
                        int sender = (int) (first % FanInSubject.SENDERS);
                        tally.accept(sender, first / FanInSubject.SENDERS, first + rest);
                    };
        }

        @Override
        public int poll(int limit) {
            return receiver.poll(handler, limit);
        }

        @Override
        public void detach() {
            receiver.close();
        }
    }
}
