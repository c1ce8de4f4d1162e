package io.sluice.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The registry: name to broadcast of one message size. */
final class ByteBroadcasts {
    static final Map<String, IntFunction<ByteBroadcast>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice-gated", SluiceBroadcast::gated,
                            "sluice-lossy", SluiceBroadcast::lossy,
                            "aeron-ipc", AeronBroadcast::longTerm,
                            "aeron-ipc-64k", AeronBroadcast::shortTerm,
                            "agrona", AgronaBroadcast::new));

    private ByteBroadcasts() {}

    static ByteBroadcast of(String name, int size) {
        IntFunction<ByteBroadcast> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.apply(size);
    }
}
