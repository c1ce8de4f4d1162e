package io.sluice.user;

import io.sluice.Codec;
import io.sluice.Order;
import io.sluice.OverflowPolicy;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.nio.file.Path;
import java.util.List;

/** A program that uses pipes of all kinds, outside of Sluice's own packages. */
public final class PipeKindsProgram {
    private PipeKindsProgram() {}

    /**
     * Passes messages through a pipe of each kind, if it has a buffer, and reads its statistics.
     *
     * @param arguments the pipe's path, for one that has a name
     * @throws Exception if anything fails
     */
    public static void main(String[] arguments) throws Exception {
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded(4096).senders(1),
                        PipeSpec.bounded(4096).senders(1).order(Order.ARRIVAL),
                        PipeSpec.bounded(4096).senders(2).receivers(2),
                        PipeSpec.unbounded(1 << 20).senders(1),
                        PipeSpec.unbounded(1 << 20).senders(2).receivers(2),
                        PipeSpec.unbounded(1 << 20).senders(1).overflow(OverflowPolicy.DROP_OLDEST),
                        PipeSpec.rendezvous(4096).senders(1))) {
            try (Pipe pipe = Pipe.anonymous(spec)) {
                pass(pipe);
            }
        }
        Path path = Path.of(arguments[0]);
        pass(Pipe.create(path, PipeSpec.unbounded(1 << 20).senders(1)));
        Pipe.delete(path);
    }

    private static void pass(Pipe pipe) throws Exception {
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            if (sender.trySend("hello".getBytes())) {
                receiver.receive();
            }
            Sender<String> strings = Codec.utf8().sender(sender);
            Receiver<String> back = Codec.utf8().receiver(receiver);
            if (strings.trySend("hello")) {
                back.receive();
            }
            if (pipe.statistics().toString().isEmpty() || pipe.toString().isEmpty()) {
                throw new AssertionError();
            }
        }
    }
}
