package io.sluice.bench;

import io.sluice.BrokenChannelException;
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
 * Sluice's pipe, opened with its defaults: its ends use the default way to wait, unless configured
 * to spin. The receiver always uses blocking calls; the sender uses them too, or retries in a loop.
 */
final class SluiceWaitingSubject implements ByteSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps the sender's fields off the cache lines of the receiver's. */
    private static final int PADDING = 128;

    private final int size;
    private final boolean senderWaits;
    private final byte[] message;
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final PipeReader reader;
    private final MessageHandler handler;

    private SluiceWaitingSubject(int size, boolean senderWaits, PipeSpec spec, boolean sleeps) {
        this.size = size;
        this.senderWaits = senderWaits;
        this.message = new byte[PADDING + size + PADDING];
        this.reader = new PipeReader(size);
        this.handler = reader.handler();
        try (TemporaryPipe temporary = new TemporaryPipe(spec)) {
            Pipe pipe = temporary.pipe();
            sender = sleeps ? pipe.sender() : pipe.sender(BusySpinIdleStrategy.INSTANCE);
            receiver = sleeps ? pipe.receiver() : pipe.receiver(BusySpinIdleStrategy.INSTANCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PipeSpec bounded() {
        return PipeSpec.bounded(ByteSubjects.CAPACITY).senders(1);
    }

    /** Rendezvous: each send waits until its message is received; both ends spin meanwhile. */
    static ByteSubject rendezvousSpinning(int size) {
        return new SluiceWaitingSubject(size, true, PipeSpec.rendezvous().senders(1), false);
    }

    /** Rendezvous: each send waits until its message is received; both ends sleep. */
    static ByteSubject rendezvousSleeping(int size) {
        return new SluiceWaitingSubject(size, true, PipeSpec.rendezvous().senders(1), true);
    }

    static ByteSubject bothEnds(int size) {
        return new SluiceWaitingSubject(size, true, bounded(), true);
    }

    static ByteSubject receiverOnly(int size) {
        return new SluiceWaitingSubject(size, false, bounded(), true);
    }

    @Override
    public boolean trySend(long sequence) {
        WORD.set(message, PADDING, sequence);
        try {
            if (!senderWaits) {
                return sender.trySend(message, PADDING, size);
            }
            sender.send(message, PADDING, size);
            return true;
        } catch (BrokenChannelException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int poll(int limit) {
        try {
            return Math.max(0, receiver.receive(handler, limit));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Tally tally() {
        return reader.tally();
    }

    @Override
    public void closeSender() {
        sender.close();
    }

    @Override
    public void closeReceiver() {
        receiver.close();
    }

    @Override
    public void close() {
        closeSender();
        closeReceiver();
    }
}
