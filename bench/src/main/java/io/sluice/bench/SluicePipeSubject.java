package io.sluice.bench;

import io.sluice.Claim;
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

/** Sluice's pipe, whose ends spin. */
final class SluicePipeSubject implements ByteSubject {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keeps the sender's fields off the cache lines of the receiver's. */
    private static final int PADDING = 128;

    private final int size;
    private final boolean claims;
    private final boolean unbounded;
    private final byte[] message;
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final PipeReader reader;
    private final MessageHandler handler;

    /** The sender or the receiver is null if it is in another process. */
    private SluicePipeSubject(
            int size, boolean claims, boolean unbounded, PipeSender sender, PipeReceiver receiver) {
        this.size = size;
        this.claims = claims;
        this.unbounded = unbounded;
        this.message = new byte[PADDING + size + PADDING];
        this.reader = new PipeReader(size);
        this.handler = reader.handler();
        this.sender = sender;
        this.receiver = receiver;
    }

    private static ByteSubject of(int size, PipeSpec spec, boolean claims, boolean unbounded) {
        try (TemporaryPipe temporary = new TemporaryPipe(spec)) {
            return new SluicePipeSubject(
                    size,
                    claims,
                    unbounded,
                    temporary.pipe().sender(BusySpinIdleStrategy.INSTANCE),
                    temporary.pipe().receiver(BusySpinIdleStrategy.INSTANCE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns one end of the bounded pipe. */
    static ByteSubject end(RemoteEnd end) {
        BusySpinIdleStrategy spinning = BusySpinIdleStrategy.INSTANCE;
        try {
            Pipe pipe = Pipe.openOrCreate(end.path(), spec());
            return new SluicePipeSubject(
                    end.size(),
                    false,
                    false,
                    end.sends() ? pipe.sender(spinning) : null,
                    end.sends() ? null : pipe.receiver(spinning));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ByteSubject bounded(int size) {
        return of(size, spec(), false, false);
    }

    /** Returns the bounded pipe, whose sender writes into claimed room. */
    static ByteSubject claim(int size) {
        return of(size, spec(), true, false);
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
        return of(size, spec, false, true);
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
    public boolean growsAndShrinks() {
        return unbounded;
    }

    @Override
    public void close() {
        if (sender != null) {
            sender.close();
        }
        if (receiver != null) {
            receiver.close();
        }
    }
}
