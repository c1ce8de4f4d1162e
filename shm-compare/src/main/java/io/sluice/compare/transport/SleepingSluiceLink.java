package io.sluice.compare.transport;

import io.sluice.Claim;
import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Two Sluice pipes whose ends spin briefly and then sleep, the default. */
final class SleepingSluiceLink implements Link {
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final long capacity;
    private Payload payload;
    private final MessageHandler check =
            (memory, offset, length) -> payload.verify(memory, offset, length);

    SleepingSluiceLink(PipeSender sender, PipeReceiver receiver, long capacity) {
        this.sender = sender;
        this.receiver = receiver;
        this.capacity = capacity;
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        try {
            Claim claim = sender.claim(payload.size());
            payload.write(claim.base(), claim.offset(), sequence);
            claim.commit();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while there was no room");
        }
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        this.payload = payload;
        try {
            if (receiver.receive(check, limit) < 0) {
                throw new EOFException("the other end is gone");
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while there was no message");
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
