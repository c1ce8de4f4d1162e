package io.sluice.bench;

import io.sluice.Batch;
import io.sluice.BatchHandler;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Sluice's pipe, whose sender sends batches, and whose receiver gets what is there in one call. */
final class SluiceBatchSubject implements ByteSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps the sender's fields off the cache lines of the receiver's. */
    private static final int PADDING = 128;

    private final int size;
    private final boolean gathers;
    private final int messages;
    private final int room;
    private final byte[] message;
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final PipeReader reader;
    private final BatchHandler handler;

    private SluiceBatchSubject(
            int size, boolean gathers, PipeSender sender, PipeReceiver receiver) {
        this.size = size;
        this.gathers = gathers;
        int record = 8 + (size + 7 & -8);
        this.messages = Math.min(SubjectSender.BATCH, ByteSubjects.CAPACITY / 2 / record);
        this.room = messages * record;
        this.message = new byte[PADDING + (gathers ? messages * size : size) + PADDING];
        this.sender = sender;
        this.receiver = receiver;
        this.reader = new PipeReader(size);
        var each = reader.handler();
        this.handler =
                batch -> {
                    while (batch.next()) {
                        each.onMessage(batch.memory(), batch.offset(), batch.length());
                    }
                };
    }

    static ByteSubject bounded(int size) {
        return of(size, false);
    }

    /** Returns one that sends batches of messages which lie one behind the other in an array. */
    static ByteSubject gathering(int size) {
        return of(size, true);
    }

    private static ByteSubject of(int size, boolean gathers) {
        PipeSpec spec = PipeSpec.bounded(ByteSubjects.CAPACITY).senders(1);
        try (TemporaryPipe temporary = new TemporaryPipe(spec)) {
            return new SluiceBatchSubject(
                    size,
                    gathers,
                    temporary.pipe().sender(BusySpinIdleStrategy.INSTANCE),
                    temporary.pipe().receiver(BusySpinIdleStrategy.INSTANCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean trySend(long sequence) {
        WORD.set(message, PADDING, sequence);
        return sender.trySend(message, PADDING, size);
    }

    @Override
    public int trySendSome(long sequence) {
        Batch batch = sender.tryBatch(room);
        if (batch == null) {
            return 0;
        }
        for (int i = 0; i < messages; i++) {
            WORD.set(message, gathers ? PADDING + i * size : PADDING, sequence + i);
            if (!gathers) {
                batch.add(message, PADDING, size);
            }
        }
        if (gathers) {
            batch.addAll(message, PADDING, size, messages);
        }
        batch.commit();
        return messages;
    }

    @Override
    public int poll(int limit) {
        return receiver.pollBatch(handler, limit);
    }

    @Override
    public Tally tally() {
        return reader.tally();
    }

    @Override
    public void close() {
        sender.close();
        receiver.close();
    }
}
