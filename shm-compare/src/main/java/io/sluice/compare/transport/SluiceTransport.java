package io.sluice.compare.transport;

import io.sluice.EndOptions;
import io.sluice.Ends;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.compare.result.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Two Sluice pipes, one in each direction. Written in place and read in place; a separate row
 * copies in.
 */
public class SluiceTransport extends ListedTransport {
    /** The default capacity of a kernel pipe. */
    public static final int CAPACITY = 1 << 16;

    final PipeSpec spec() {
        int bytes = row.bytes();
        return switch (id()) {
            case "sluice.unbounded" ->
                    PipeSpec.unbounded(traits().capacity().bytes(), bytes).senders(1);
            case "sluice.rendezvous" -> PipeSpec.rendezvous(bytes).senders(1);
            case "sluice.many" -> PipeSpec.bounded(bytes).senders(Ends.MANY);
            default -> PipeSpec.bounded(bytes).senders(1);
        };
    }

    @Override
    Prepared share(Path directory) throws IOException {
        Pipe.create(Role.INITIATOR.out(directory), spec());
        Pipe.create(
                Role.RESPONDER.out(directory),
                supportsFanIn()
                        ? PipeSpec.bounded(CAPACITY).senders(1).receivers(Ends.MANY)
                        : spec());
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Pipe out = Pipe.open(role.out(directory));
        Pipe in = Pipe.open(role.in(directory));
        if (waiting().equals(Waiting.FUTEX)) {
            // No spinning, because this row measures sleeping.
            return PipeLink.sleeping(out, in, EndOptions.defaults().withSpins(0));
        } else if (waiting().equals(Waiting.HYBRID)) {
            return PipeLink.sleeping(out, in, EndOptions.defaults());
        }
        boolean yields = waiting().equals(Waiting.YIELD);
        int copied = traits().cost().copies() * size;
        return yields
                ? PipeLink.spinning(out, in, YieldingIdleStrategy.INSTANCE, 0)
                : PipeLink.spinning(out, in, BusySpinIdleStrategy.INSTANCE, copied);
    }
}
