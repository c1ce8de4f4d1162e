package io.sluice.compare.transport;

import io.sluice.Claim;
import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.IdleStrategy;

/** Two Sluice pipes whose ends spin. */
final class SluiceLink implements Link {
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final long capacity;
    private final IdleStrategy idle;

    /** Where a message is written first, if it is to be copied; else null. */
    private final MemorySegment own;

    private Payload payload;
    private final MessageHandler check =
            (memory, offset, length) -> payload.verify(memory, offset, length);

    /**
     * Copies messages in from a buffer of the given number of bytes; with 0 they are written in
     * place.
     */
    SluiceLink(
            PipeSender sender,
            PipeReceiver receiver,
            IdleStrategy idle,
            int copied,
            long capacity) {
        this.sender = sender;
        this.receiver = receiver;
        this.capacity = capacity;
        this.idle = idle;
        this.own = copied == 0 ? null : Arena.ofAuto().allocate(copied, 64);
    }

    @Override
    public void send(Payload payload, long sequence) {
        if (own != null) {
            payload.write(own, 0, sequence);
            while (!sender.trySend(own, 0, payload.size())) {
                idle.idle();
            }
            return;
        }
        Claim claim;
        while ((claim = sender.tryClaim(payload.size())) == null) {
            idle.idle();
        }
        payload.write(claim.base(), claim.offset(), sequence);
        claim.commit();
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        this.payload = payload;
        while (receiver.poll(check, limit) == 0) {
            if (receiver.isEndOfStream()) {
                throw new EOFException("the other end is gone");
            }
            idle.idle();
        }
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public void close() {
        sender.close();
        receiver.close();
    }
}
