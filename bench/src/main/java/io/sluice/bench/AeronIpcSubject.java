package io.sluice.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Aeron's IPC: an exclusive publication and a subscription. */
final class AeronIpcSubject implements ByteSubject {
    private final int size;
    private final boolean claims;
    private final EmbeddedAeron embedded;
    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final UnsafeBuffer message;
    private final BufferClaim claim = new BufferClaim();
    private final DirectBufferReader reader;
    private final FragmentHandler handler;

    private AeronIpcSubject(int size, int termLength, boolean claims) {
        this.size = size;
        this.claims = claims;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
        this.reader = new DirectBufferReader(size);
        this.handler = (buffer, offset, length, header) -> reader.read(buffer, offset, length);
        this.embedded = new EmbeddedAeron(termLength);
        this.subscription = embedded.addSubscription();
        this.publication = embedded.addExclusivePublication();
        while (!publication.isConnected() || !subscription.isConnected()) {
            Thread.yield();
        }
    }

    static ByteSubject offer(int size) {
        return new AeronIpcSubject(size, EmbeddedAeron.DEFAULT_TERM, false);
    }

    static ByteSubject claim(int size) {
        return new AeronIpcSubject(size, EmbeddedAeron.DEFAULT_TERM, true);
    }

    static ByteSubject shortTermOffer(int size) {
        return new AeronIpcSubject(size, EmbeddedAeron.SHORT_TERM, false);
    }

    static ByteSubject shortTermClaim(int size) {
        return new AeronIpcSubject(size, EmbeddedAeron.SHORT_TERM, true);
    }

    @Override
    public boolean trySend(long sequence) {
        if (claims) {
            return tryClaim(sequence);
        }
        message.putLong(0, sequence);
        return publication.offer(message, 0, size) > 0;
    }

    private boolean tryClaim(long sequence) {
        if (publication.tryClaim(size, claim) <= 0) {
            return false;
        }
        MutableDirectBuffer buffer = claim.buffer();
        int offset = claim.offset();
        buffer.putLong(offset, sequence);
        for (int i = Long.BYTES; i < size; i += Long.BYTES) {
            buffer.putLong(offset + i, 0);
        }
        claim.commit();
        return true;
    }

    @Override
    public int poll(int limit) {
        int count = subscription.poll(handler, limit);
        embedded.check();
        return count;
    }

    @Override
    public Tally tally() {
        return reader.tally();
    }

    @Override
    public long messagesPerLap() {
        return embedded.messagesPerLap(size);
    }

    @Override
    public void close() {
        embedded.close();
    }
}
