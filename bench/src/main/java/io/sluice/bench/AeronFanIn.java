package io.sluice.bench;

import static io.sluice.bench.FanInTally.word;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron's IPC with several senders: one shared publication with one log; or an exclusive
 * publication and a log for each, which the subscription polls in turn.
 */
final class AeronFanIn implements FanInSubject {
    private final EmbeddedAeron embedded;
    private final Subscription subscription;
    private final SubjectSender[] senders = new SubjectSender[SENDERS];
    private final FanInBufferReader reader = new FanInBufferReader();
    private final FragmentHandler handler =
            (buffer, offset, length, header) -> reader.read(buffer, offset);

    private AeronFanIn(int termLength) {
        embedded = new EmbeddedAeron(termLength);
        subscription = embedded.addSubscription();
    }

    static FanInSubject concurrent() {
        AeronFanIn subject = new AeronFanIn(EmbeddedAeron.DEFAULT_TERM);
        Publication publication = subject.embedded.addConcurrentPublication();
        for (int i = 0; i < SENDERS; i++) {
            subject.senders[i] = shared(publication, i);
        }
        subject.awaitLogs(1);
        return subject;
    }

    static FanInSubject exclusive() {
        return exclusive(EmbeddedAeron.DEFAULT_TERM);
    }

    static FanInSubject exclusiveShortTerm() {
        return exclusive(EmbeddedAeron.SHORT_TERM);
    }

    private static FanInSubject exclusive(int termLength) {
        AeronFanIn subject = new AeronFanIn(termLength);
        for (int i = 0; i < SENDERS; i++) {
            subject.senders[i] = own(subject.embedded.addExclusivePublication(), i);
        }
        subject.awaitLogs(SENDERS);
        return subject;
    }

    private static SubjectSender shared(Publication publication, int number) {
        UnsafeBuffer message = message();
        return sequence -> {
            message.putLong(0, word(number, sequence));
            return publication.offer(message, 0, SIZE) > 0;
        };
    }

    private static SubjectSender own(ExclusivePublication publication, int number) {
        UnsafeBuffer message = message();
        return sequence -> {
            message.putLong(0, word(number, sequence));
            return publication.offer(message, 0, SIZE) > 0;
        };
    }

    private static UnsafeBuffer message() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE + 256), 128, SIZE);
    }

    private void awaitLogs(int count) {
        while (subscription.imageCount() < count) {
            embedded.onPoll(0);
            Thread.yield();
        }
    }

    @Override
    public SubjectSender sender(int number) {
        return senders[number];
    }

    @Override
    public int poll(int limit) {
        int count = subscription.poll(handler, limit);
        embedded.onPoll(count);
        return count;
    }

    @Override
    public FanInTally tally() {
        return reader.tally();
    }

    @Override
    public long messagesPerLap() {
        return SENDERS * embedded.messagesPerLap(SIZE);
    }

    @Override
    public void close() {
        embedded.close();
    }
}
