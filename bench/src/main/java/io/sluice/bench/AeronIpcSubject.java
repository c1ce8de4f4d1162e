package io.sluice.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Aeron's IPC: an exclusive publication and a subscription. */
final class AeronIpcSubject implements ByteSubject {
    private final int size;
    private final EmbeddedAeron embedded = new EmbeddedAeron();
    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final UnsafeBuffer message;
    private final DirectBufferReader reader;
    private final FragmentHandler handler;

    AeronIpcSubject(int size) {
        this.size = size;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
        this.reader = new DirectBufferReader(size);
        this.handler = (buffer, offset, length, header) -> reader.read(buffer, offset, length);
        this.subscription = embedded.addSubscription();
        this.publication = embedded.addExclusivePublication();
        while (!publication.isConnected() || !subscription.isConnected()) {
            Thread.yield();
        }
    }

    @Override
    public boolean trySend(long sequence) {
        message.putLong(0, sequence);
        return publication.offer(message, 0, size) > 0;
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
    public void close() {
        embedded.close();
    }
}
