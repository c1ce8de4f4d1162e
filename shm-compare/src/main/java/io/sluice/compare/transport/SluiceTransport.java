package io.sluice.compare.transport;

import io.sluice.Claim;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.compare.result.Factors;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Two of our pipes, one each way, whose ends spin. Written and read in place. */
final class SluiceTransport implements Transport {
    private static final IdleStrategy SPIN = BusySpinIdleStrategy.INSTANCE;

    private static final String THERE = "there";
    private static final String BACK = "back";

    /** As much as a pipe of the kernel holds by default. */
    private static final int CAPACITY = 1 << 16;

    @Override
    public String id() {
        return "sluice";
    }

    @Override
    public String waiting() {
        return Factors.SPIN;
    }

    @Override
    public String description() {
        return "Sluice pipe in shared memory, both ends spinning";
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        Pipe.create(directory.resolve(THERE), PipeSpec.bounded(CAPACITY));
        Pipe.create(directory.resolve(BACK), PipeSpec.bounded(CAPACITY));
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Side side, Path directory, String address, int size) throws IOException {
        Pipe there = Pipe.open(directory.resolve(THERE));
        Pipe back = Pipe.open(directory.resolve(BACK));
        return side == Side.INITIATOR
                ? new PipeLink(there.sender(SPIN), back.receiver(SPIN))
                : new PipeLink(back.sender(SPIN), there.receiver(SPIN));
    }

    private static final class PipeLink implements Link {
        private final PipeSender sender;
        private final PipeReceiver receiver;
        private Payload payload;
        private final MessageHandler check =
                (memory, offset, length) -> payload.verify(memory, offset, length);

        PipeLink(PipeSender sender, PipeReceiver receiver) {
            this.sender = sender;
            this.receiver = receiver;
        }

        @Override
        public void send(Payload payload, long sequence) {
            Claim claim;
            while ((claim = sender.tryClaim(payload.size())) == null) {
                Thread.onSpinWait();
            }
            payload.write(claim.memory(), 0, sequence);
            claim.commit();
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            this.payload = payload;
            while (receiver.poll(check, limit) == 0) {
                if (receiver.ended()) {
                    throw new EOFException("the other end is gone");
                }
            }
        }

        @Override
        public long capacity() {
            return CAPACITY;
        }

        @Override
        public void close() {
            sender.close();
            receiver.close();
        }
    }
}
