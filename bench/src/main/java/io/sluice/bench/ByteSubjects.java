package io.sluice.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;

/** The registry: name to subject of one message size. */
final class ByteSubjects {
    /** The capacity of a ring, in bytes: that of a kernel pipe. */
    static final int CAPACITY = 1 << 16;

    static final Map<String, IntFunction<ByteSubject>> ALL =
            new TreeMap<>(
                    Map.ofEntries(
                            entry("sluice", SluicePipeSubject::bounded),
                            entry("sluice-claim", SluicePipeSubject::claim),
                            entry("sluice-batch", SluiceBatchSubject::bounded),
                            entry("sluice-batch-array", SluiceBatchSubject::gathering),
                            entry("sluice-after-others", SluicePipeSubject::withPollutedProfile),
                            entry("sluice-unbounded", SluicePipeSubject::unbounded),
                            entry("sluice-receiver-sleeps", SluiceWaitingSubject::receiverOnly),
                            entry("sluice-sleeping", SluiceWaitingSubject::bothEnds),
                            entry("sluice-rendezvous", SluiceWaitingSubject::rendezvousSpinning),
                            entry(
                                    "sluice-rendezvous-sleeping",
                                    SluiceWaitingSubject::rendezvousSleeping),
                            entry("agrona-one-to-one", AgronaRingSubject::oneToOne),
                            entry("agrona-one-to-one-claim", AgronaRingSubject::oneToOneClaim),
                            entry("agrona-many-to-one", AgronaRingSubject::manyToOne),
                            entry("agrona-many-to-one-claim", AgronaRingSubject::manyToOneClaim),
                            entry("aeron-ipc", AeronIpcSubject::offer),
                            entry("aeron-ipc-claim", AeronIpcSubject::claim),
                            entry("aeron-ipc-block", AeronIpcSubject::block),
                            entry("aeron-ipc-64k", AeronIpcSubject::shortTermOffer),
                            entry("aeron-ipc-64k-claim", AeronIpcSubject::shortTermClaim),
                            entry("kernel-pipe", KernelPipeSubject::new)));

    private static Map.Entry<String, IntFunction<ByteSubject>> entry(
            String name, IntFunction<ByteSubject> factory) {
        return Map.entry(name, factory);
    }

    /** Those whose ends may be in two processes. */
    static final Map<String, Function<RemoteEnd, ByteSubject>> BETWEEN_PROCESSES =
            new TreeMap<>(
                    Map.of(
                            "sluice", SluicePipeSubject::end,
                            "agrona-one-to-one", AgronaRingSubject::end,
                            "aeron-ipc", AeronIpcSubject::end));

    private ByteSubjects() {}

    static ByteSubject of(String name, int size) {
        IntFunction<ByteSubject> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.apply(size);
    }

    /** Opens one end of a subject between two processes. */
    static ByteSubject end(String name, RemoteEnd end) {
        return BETWEEN_PROCESSES.get(name).apply(end);
    }
}
