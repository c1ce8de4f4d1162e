package io.sluice.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A call over two of Aeron's IPC streams: a correlation id precedes the request and its reply. A
 * server or an asker that goes is not noticed.
 */
final class AeronIpcCall implements CallSubject {
    private static final int CONTENT = Long.BYTES;

    private final EmbeddedAeron there = new EmbeddedAeron(EmbeddedAeron.DEFAULT_TERM);
    private final EmbeddedAeron back = new EmbeddedAeron(EmbeddedAeron.DEFAULT_TERM);
    private final Subscription requestsReceived = there.addSubscription();
    private final Subscription repliesReceived = back.addSubscription();
    private final ExclusivePublication requests = there.addExclusivePublication();
    private final ExclusivePublication replies = back.addExclusivePublication();
    private final UnsafeBuffer request =
            new UnsafeBuffer(ByteBuffer.allocateDirect(CONTENT + SIZE + 256), 128, CONTENT + SIZE);
    private final FragmentHandler server =
            (buffer, at, length, header) -> reply(buffer, at, length);
    private final FragmentHandler asker = (buffer, at, length, header) -> onReply(buffer, at);

    // Of the asker.
    private long correlation;
    private boolean answered;
    private long answer;

    AeronIpcCall() {
        while (!requests.isConnected()
                || !replies.isConnected()
                || !requestsReceived.isConnected()
                || !repliesReceived.isConnected()) {
            there.onPoll(0);
            back.onPoll(0);
            Thread.yield();
        }
    }

    @Override
    public long call(long number, Counterpart counterpart) {
        request.putLong(0, ++correlation);
        request.putLong(CONTENT, number);
        while (requests.offer(request, 0, request.capacity()) < 0) {
            Thread.onSpinWait();
        }
        answered = false;
        for (int idle = 1; !answered; idle++) {
            back.onPoll(repliesReceived.poll(asker, 16));
            if (idle % (1 << 16) == 0) {
                counterpart.check();
            }
        }
        return answer;
    }

    private void onReply(DirectBuffer buffer, int offset) {
        if (buffer.getLong(offset) == correlation) {
            answer = buffer.getLong(offset + CONTENT) + sumOfRest(buffer, offset + CONTENT);
            answered = true;
        }
    }

    @Override
    public int serve() {
        int count = requestsReceived.poll(server, 16);
        there.onPoll(count);
        return count;
    }

    private void reply(DirectBuffer buffer, int offset, int length) {
        if (sumOfRest(buffer, offset + CONTENT) != 0) {
            throw new IllegalStateException("a request that no asker sends");
        }
        while (replies.offer(buffer, offset, length) < 0) {
            Thread.onSpinWait();
        }
    }

    private static long sumOfRest(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + 8)
                + buffer.getLong(offset + 16)
                + buffer.getLong(offset + 24);
    }

    @Override
    public void close() {
        there.close();
        back.close();
    }
}
