package io.sluice.cli;

import io.sluice.Delivery;
import io.sluice.Order;
import io.sluice.OverflowPolicy;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create}: creates a pipe. */
@Command(
        name = "create",
        description = {
            "Creates a pipe: bounded, unless another kind is chosen; for many senders and one"
                    + " receiver, but a broadcast for one sender and 16 receivers.",
            "Sizes: 4096, 64K, 1M, 2G."
        })
final class CreateCommand extends BaseCommand {
    @Parameters(paramLabel = "PIPE", description = "The path of the pipe, on /dev/shm preferably.")
    private Path path;

    @Option(
            names = "--capacity",
            paramLabel = "SIZE",
            converter = HumanUnits.Size.class,
            description = "The space for each sender. Of a rendezvous: the longest message.")
    private Long capacity;

    @ArgGroup(exclusive = true)
    private Kind kind = new Kind();

    /** At most one of them. */
    private static final class Kind {
        @Option(
                names = "--unbounded",
                paramLabel = "QUOTA",
                converter = HumanUnits.Size.class,
                description = "It grows up to a quota for each sender.")
        Long quota;

        @Option(names = "--rendezvous", description = "It has no buffer.")
        boolean rendezvous;

        @Option(names = "--broadcast", description = "Every receiver gets every message.")
        boolean broadcast;
    }

    @Option(names = "--senders", paramLabel = "N", description = "Senders at once, 1 to 4096.")
    private Integer senders;

    @Option(names = "--receivers", paramLabel = "N", description = "Receivers at once, 1 to 4096.")
    private Integer receivers;

    @Option(names = "--order", description = "Among senders: ${COMPLETION-CANDIDATES}")
    private Order order;

    @Option(
            names = "--delivery",
            description = "Of what a dead receiver had taken: ${COMPLETION-CANDIDATES}")
    private Delivery delivery;

    @Option(names = "--overflow", description = "At the quota: BLOCK, FAIL, DROP_OLDEST")
    private OverflowPolicy overflow;

    @Option(names = "--retain", description = "Keeps messages while there are no receivers.")
    private boolean retain;

    @Option(names = "--demoting", description = "A broadcast: makes slow receivers lossy.")
    private boolean demoting;

    @Option(names = "--group", description = "Shares it with the group of its files.")
    private boolean group;

    @Option(
            names = "--if-missing",
            description = "Succeeds if a pipe with the same properties is there.")
    private boolean ifMissing;

    @Override
    ExitStatus run() throws IOException {
        try (Pipe pipe = ifMissing ? Pipe.openOrCreate(path, spec()) : Pipe.create(path, spec())) {
            if (writesJson()) {
                output().line(Json.pretty(PipeReport.of(pipe.path()).toMap()));
            }
        }
        return ExitStatus.OK;
    }

    private PipeSpec spec() {
        PipeSpec spec = kind();
        spec = senders == null ? spec : spec.senders(senders);
        spec = receivers == null ? spec : spec.receivers(receivers);
        spec = order == null ? spec : spec.order(order);
        spec = delivery == null ? spec : spec.delivery(delivery);
        spec = overflow == null ? spec : spec.overflow(overflow);
        spec = demoting ? spec.demoting(true) : spec;
        return spec.retainWithoutReceivers(retain).sharedWithGroup(group);
    }

    private PipeSpec kind() {
        int bytes = capacity == null ? 0 : (int) Math.min(capacity, Integer.MAX_VALUE);
        if (kind.rendezvous) {
            return capacity == null ? PipeSpec.rendezvous() : PipeSpec.rendezvous(bytes);
        }
        if (kind.broadcast) {
            return capacity == null ? PipeSpec.broadcast() : PipeSpec.broadcast(bytes);
        }
        if (kind.quota != null) {
            return capacity == null
                    ? PipeSpec.unbounded(kind.quota)
                    : PipeSpec.unbounded(kind.quota, bytes);
        }
        return capacity == null ? PipeSpec.bounded() : PipeSpec.bounded(bytes);
    }
}
