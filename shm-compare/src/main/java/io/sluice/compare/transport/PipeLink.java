package io.sluice.compare.transport;

import io.sluice.Claim;
import io.sluice.EndOptions;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.IdleStrategy;

/** Two Sluice pipes, one each way. A subclass says how an end waits. */
abstract class PipeLink implements Link {
    final PipeSender sender;
    final PipeReceiver receiver;
    private final long capacity;
    private Payload payload;
    private final MessageHandler check =
            (memory, offset, length) -> payload.verify(memory, offset, length);

    PipeLink(PipeSender sender, PipeReceiver receiver, long capacity) {
        this.sender = sender;
        this.receiver = receiver;
        this.capacity = capacity;
    }

    /** Returns what checks messages by a payload. */
    final MessageHandler check(Payload by) {
        payload = by;
        return check;
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

    /**
     * Returns a link whose ends spin. It copies messages in from a buffer of the given number of
     * bytes; with 0 they are written in place.
     */
    static Link spinning(Pipe out, Pipe in, IdleStrategy idle, int copied) throws IOException {
        MemorySegment own = copied == 0 ? null : Arena.ofAuto().allocate(copied, 64);
        return new PipeLink(out.sender(idle), in.receiver(idle), out.capacity()) {
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
                MessageHandler check = check(payload);
                while (receiver.poll(check, limit) == 0) {
                    if (receiver.isEndOfStream()) {
                        throw new EOFException("the other end is gone");
                    }
                    idle.idle();
                }
            }
        };
    }

    /** Returns a link whose ends spin as the options say, and then sleep. */
    static Link sleeping(Pipe out, Pipe in, EndOptions options) throws IOException {
        return new PipeLink(out.sender(options), in.receiver(options), out.capacity()) {
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
                try {
                    if (receiver.receive(check(payload), limit) < 0) {
                        throw new EOFException("the other end is gone");
                    }
                } catch (InterruptedException e) {
                    throw new InterruptedIOException("interrupted while there was no message");
                }
            }
        };
    }
}
