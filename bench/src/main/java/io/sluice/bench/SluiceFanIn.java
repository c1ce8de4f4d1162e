package io.sluice.bench;

import static io.sluice.bench.FanInTally.word;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.sluice.Ends;
import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Sluice's pipe with several senders, all ends in one process and spinning. */
final class SluiceFanIn implements FanInSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps a sender's fields off the cache lines of the others. */
    private static final int PADDING = 128;

    /** Keeps its name, by which the receiver finds each sender's lane at its first poll. */
    private final TemporaryPipe temporary;

    private final PipeSender[] senders = new PipeSender[SENDERS];
    private final PipeReceiver receiver;
    private final FanInTally tally = new FanInTally();
    private final MessageHandler handler = this::read;

    SluiceFanIn() {
        PipeSpec spec = PipeSpec.bounded(ByteSubjects.CAPACITY).senders(Ends.MANY);
        try {
            temporary = new TemporaryPipe(spec);
            for (int i = 0; i < SENDERS; i++) {
                senders[i] = temporary.pipe().sender(BusySpinIdleStrategy.INSTANCE);
            }
            receiver = temporary.pipe().receiver(BusySpinIdleStrategy.INSTANCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(MemorySegment memory, long offset, int length) {
        long first = memory.get(JAVA_LONG_UNALIGNED, offset);
        long rest =
                memory.get(JAVA_LONG_UNALIGNED, offset + 8)
                        + memory.get(JAVA_LONG_UNALIGNED, offset + 16)
                        + memory.get(JAVA_LONG_UNALIGNED, offset + 24);
        tally.accept(first, first + rest);
    }

    @Override
    public SubjectSender sender(int number) {
        PipeSender sender = senders[number];
        byte[] message = new byte[PADDING + SIZE + PADDING];
        return sequence -> {
            WORD.set(message, PADDING, word(number, sequence));
            return sender.trySend(message, PADDING, SIZE);
        };
    }

    @Override
    public int poll(int limit) {
        return receiver.poll(handler, limit);
    }

    @Override
    public FanInTally tally() {
        return tally;
    }

    @Override
    public void close() {
        for (PipeSender sender : senders) {
            sender.close();
        }
        receiver.close();
        try {
            temporary.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
