package io.sluice.bench;

import io.sluice.EndOptions;
import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Sluice's broadcast pipe, whose ends spin: all receivers gated, or all lossy. */
final class SluiceBroadcast implements ByteBroadcast {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps the sender's fields off the cache lines of the receivers'. */
    private static final int PADDING = 128;

    private record CountedReceiver(PipeReceiver end, Tally tally) {
        /** Throws unless all that is missing was counted. */
        void close() {
            long lost = end.lost();
            end.close();
            if (lost < tally.lost()) {
                throw new IllegalStateException(
                        lost + " counted as lost, " + tally.lost() + " missing");
            }
        }
    }

    private final int size;
    private final EndOptions options;
    private final byte[] message;
    private final TemporaryPipe temporary;
    private final PipeSender sender;
    private final List<CountedReceiver> receivers = new ArrayList<>();

    private SluiceBroadcast(int size, EndOptions options) {
        this.size = size;
        this.options = options.withIdleStrategy(BusySpinIdleStrategy.INSTANCE);
        this.message = new byte[PADDING + size + PADDING];
        try {
            temporary = new TemporaryPipe(PipeSpec.broadcast(ByteSubjects.CAPACITY));
            sender = temporary.pipe().sender(BusySpinIdleStrategy.INSTANCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ByteBroadcast gated(int size) {
        return new SluiceBroadcast(size, EndOptions.defaults());
    }

    static ByteBroadcast lossy(int size) {
        return new SluiceBroadcast(size, EndOptions.defaults().lossy());
    }

    @Override
    public boolean trySend(long sequence) {
        WORD.set(message, PADDING, sequence);
        return sender.trySend(message, PADDING, size);
    }

    @Override
    public SubjectReceiver addReceiver() {
        PipeReceiver receiver;
        try {
            receiver = temporary.pipe().receiver(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tally tally = new Tally(!receiver.isGated());
        receivers.add(new CountedReceiver(receiver, tally));
        MessageHandler handler = new PipeReader(size, tally).handler();
        return limit -> receiver.poll(handler, limit);
    }

    @Override
    public void close() {
        sender.close();
        try {
            temporary.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        receivers.forEach(CountedReceiver::close);
    }
}
