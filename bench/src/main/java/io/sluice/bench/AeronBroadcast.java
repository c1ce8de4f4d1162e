package io.sluice.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Aeron's IPC with several subscriptions to one exclusive publication, which waits for them. */
final class AeronBroadcast implements ByteBroadcast {
    private final int size;
    private final EmbeddedAeron embedded;
    private final ExclusivePublication publication;
    private final UnsafeBuffer message;
    private final List<Subscription> subscriptions = new ArrayList<>();

    private AeronBroadcast(int size, int termLength) {
        this.size = size;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
        this.embedded = new EmbeddedAeron(termLength);
        this.publication = embedded.addExclusivePublication();
    }

    static ByteBroadcast longTerm(int size) {
        return new AeronBroadcast(size, EmbeddedAeron.DEFAULT_TERM);
    }

    static ByteBroadcast shortTerm(int size) {
        return new AeronBroadcast(size, EmbeddedAeron.SHORT_TERM);
    }

    @Override
    public boolean trySend(long sequence) {
        message.putLong(0, sequence);
        return publication.offer(message, 0, size) > 0;
    }

    @Override
    public SubjectReceiver addReceiver() {
        Subscription subscription = embedded.addSubscription();
        subscriptions.add(subscription);
        while (!publication.isConnected() || !subscription.isConnected()) {
            embedded.onPoll(0);
            Thread.yield();
        }
        DirectBufferReader reader = new DirectBufferReader(size);
        FragmentHandler handler =
                (buffer, offset, length, header) -> reader.read(buffer, offset, length);
        return limit -> {
            int count = subscription.poll(handler, limit);
            embedded.onPoll(count);
            return count;
        };
    }

    @Override
    public long messagesPerLap() {
        return embedded.messagesPerLap(size);
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        embedded.close();
    }
}
