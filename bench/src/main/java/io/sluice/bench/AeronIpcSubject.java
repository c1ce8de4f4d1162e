package io.sluice.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron's IPC: an exclusive publication and a subscription. Its batch is a block of frames, of
 * which the sender writes those fields of the headers that change.
 */
final class AeronIpcSubject implements ByteSubject {
    private final int size;
    private final boolean claims;
    private final EmbeddedAeron embedded;
    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final UnsafeBuffer message;
    private final BufferClaim claim = new BufferClaim();

    /** A block of frames, or null. */
    private UnsafeBuffer block;

    private int frame;
    private final DirectBufferReader reader;
    private final FragmentHandler handler;

    private AeronIpcSubject(
            int size, boolean claims, EmbeddedAeron embedded, boolean sends, boolean receives) {
        this.size = size;
        this.claims = claims;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
        this.reader = new DirectBufferReader(size);
        this.handler = (buffer, offset, length, header) -> reader.read(buffer, offset, length);
        this.embedded = embedded;
        this.subscription = receives ? embedded.addSubscription() : null;
        this.publication = sends ? embedded.addExclusivePublication() : null;
    }

    private static AeronIpcSubject of(int size, int termLength, boolean claims) {
        AeronIpcSubject subject =
                new AeronIpcSubject(size, claims, new EmbeddedAeron(termLength), true, true);
        while (!subject.publication.isConnected() || !subject.subscription.isConnected()) {
            subject.embedded.onPoll(0);
            Thread.yield();
        }
        return subject;
    }

    /** Returns one end, which need not be connected yet. The driver is in the first process. */
    static ByteSubject end(RemoteEnd end) {
        EmbeddedAeron aeron =
                end.first()
                        ? EmbeddedAeron.announcedIn(end.path())
                        : EmbeddedAeron.foundIn(end.path());
        return new AeronIpcSubject(end.size(), false, aeron, end.sends(), !end.sends());
    }

    static ByteSubject offer(int size) {
        return of(size, EmbeddedAeron.DEFAULT_TERM, false);
    }

    static ByteSubject claim(int size) {
        return of(size, EmbeddedAeron.DEFAULT_TERM, true);
    }

    static ByteSubject shortTermOffer(int size) {
        return of(size, EmbeddedAeron.SHORT_TERM, false);
    }

    static ByteSubject shortTermClaim(int size) {
        return of(size, EmbeddedAeron.SHORT_TERM, true);
    }

    static ByteSubject block(int size) {
        AeronIpcSubject subject = of(size, EmbeddedAeron.DEFAULT_TERM, false);
        subject.makeBlock();
        return subject;
    }

    private void makeBlock() {
        int length = DataHeaderFlyweight.HEADER_LENGTH + size;
        frame = BitUtil.align(length, FrameDescriptor.FRAME_ALIGNMENT);
        int blockLength = SubjectSender.BATCH * frame;
        block = new UnsafeBuffer(ByteBuffer.allocateDirect(blockLength + 256), 128, blockLength);
        DataHeaderFlyweight header = new DataHeaderFlyweight();
        for (int i = 0; i < SubjectSender.BATCH; i++) {
            header.wrap(block, i * frame, length);
            header.frameLength(length).version(DataHeaderFlyweight.CURRENT_VERSION);
            header.flags(DataHeaderFlyweight.BEGIN_AND_END_FLAGS)
                    .headerType(DataHeaderFlyweight.HDR_TYPE_DATA);
            header.sessionId(publication.sessionId()).streamId(publication.streamId());
        }
    }

    @Override
    public int trySendSome(long sequence) {
        int termOffset = block == null ? 0 : publication.termOffset();
        if (block == null || publication.termBufferLength() - termOffset < block.capacity()) {
            return trySend(sequence) ? 1 : 0;
        }
        int termId = publication.termId();
        for (int i = 0; i < SubjectSender.BATCH; i++) {
            int at = i * frame;
            block.putInt(at + DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET, termOffset + at);
            block.putInt(at + DataHeaderFlyweight.TERM_ID_FIELD_OFFSET, termId);
            block.putLong(at + DataHeaderFlyweight.HEADER_LENGTH, sequence + i);
        }
        return publication.offerBlock(block, 0, block.capacity()) > 0 ? SubjectSender.BATCH : 0;
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
        embedded.onPoll(count);
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
