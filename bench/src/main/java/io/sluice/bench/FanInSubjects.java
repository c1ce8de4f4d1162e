package io.sluice.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The registry: name to subject with several senders and one receiver. */
final class FanInSubjects {
    static final Map<String, Supplier<FanInSubject>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice", SluiceFanIn::new,
                            "agrona-many-to-one", AgronaFanIn::new,
                            "aeron-ipc-concurrent", AeronFanIn::concurrent,
                            "aeron-ipc-exclusive", AeronFanIn::exclusive,
                            "aeron-ipc-exclusive-64k", AeronFanIn::exclusiveShortTerm,
                            "disruptor", () -> new DisruptorFanIn(false),
                            "disruptor-batch", () -> new DisruptorFanIn(true)));

    private FanInSubjects() {}

    static FanInSubject of(String name) {
        Supplier<FanInSubject> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.get();
    }
}
