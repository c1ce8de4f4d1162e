package io.sluice.bench;

import io.sluice.Claim;
import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Sluice's pipe, both ends in one process and spinning. */
final class SluicePipeSubject implements ByteSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps the sender's fields off the cache lines of the receiver's. */
    private static final int PADDING = 128;

    private final int size;
    private final boolean claims;
    private final byte[] message;
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final PipeReader reader;
    private final MessageHandler handler;

    private SluicePipeSubject(int size, PipeSpec spec, boolean claims) {
        this.size = size;
        this.claims = claims;
        this.message = new byte[PADDING + size + PADDING];
        this.reader = new PipeReader(size);
        this.handler = reader.handler();
        try (TemporaryPipe temporary = new TemporaryPipe(spec)) {
            sender = temporary.pipe().sender(BusySpinIdleStrategy.INSTANCE);
            receiver = temporary.pipe().receiver(BusySpinIdleStrategy.INSTANCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ByteSubject bounded(int size) {
        return new SluicePipeSubject(size, spec(), false);
    }

    /** Returns the bounded pipe, whose sender writes into claimed room. */
    static ByteSubject claim(int size) {
        return new SluicePipeSubject(size, spec(), true);
    }

    private static PipeSpec spec() {
        return PipeSpec.bounded(ByteSubjects.CAPACITY).senders(1);
    }

    /** Returns the bounded pipe after other flavors have been used in this JVM. */
    static ByteSubject withPollutedProfile(int size) {
        ProfilePollution.pollutePipes();
        return bounded(size);
    }

    /** Returns an unbounded pipe with rings of the same capacity, at most a hundred. */
    static ByteSubject unbounded(int size) {
        long quota = 100L * ByteSubjects.CAPACITY;
        PipeSpec spec = PipeSpec.unbounded(quota, ByteSubjects.CAPACITY).senders(1);
        return new SluicePipeSubject(size, spec, false);
    }

    @Override
    public boolean trySend(long sequence) {
        if (claims) {
            return tryClaim(sequence);
        }
        WORD.set(message, PADDING, sequence);
        return sender.trySend(message, PADDING, size);
    }

    private boolean tryClaim(long sequence) {
        Claim claim = sender.tryClaim(size);
        if (claim == null) {
            return false;
        }
        claim.putLong(0, sequence);
        for (int i = Long.BYTES; i < size; i += Long.BYTES) {
            claim.putLong(i, 0);
        }
        claim.commit();
        return true;
    }

    @Override
    public int poll(int limit) {
        return receiver.poll(handler, limit);
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
