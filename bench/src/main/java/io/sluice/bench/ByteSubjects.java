package io.sluice.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The registry: name to subject of one message size. */
final class ByteSubjects {
    /** How much a ring holds, in bytes: what a pipe of the kernel holds. */
    static final int CAPACITY = 1 << 16;

    static final Map<String, IntFunction<ByteSubject>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice", SluicePipeSubject::bounded,
                            "sluice-unbounded", SluicePipeSubject::unbounded,
                            "sluice-receiver-sleeps", SluiceSleepingSubject::receiverOnly,
                            "sluice-sleeping", SluiceSleepingSubject::bothEnds,
                            "agrona-one-to-one", AgronaRingSubject::oneToOne,
                            "agrona-many-to-one", AgronaRingSubject::manyToOne,
                            "aeron-ipc", AeronIpcSubject::new,
                            "kernel-pipe", KernelPipeSubject::new));

    private ByteSubjects() {}

    static ByteSubject of(String name, int size) {
        IntFunction<ByteSubject> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.apply(size);
    }
}
