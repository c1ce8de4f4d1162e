package io.sluice.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The registry: name to subject that calls. */
final class CallSubjects {
    static final Map<String, Supplier<CallSubject>> ALL =
            new TreeMap<>(
                    Map.<String, Supplier<CallSubject>>of(
                            "sluice-node", SluiceNodeCall::new,
                            "aeron-ipc", AeronIpcCall::new));

    private CallSubjects() {}
}
