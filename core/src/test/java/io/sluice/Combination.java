package io.sluice;

import java.util.ArrayList;
import java.util.List;

/**
 * What the contract of pipes is checked for: each capacity with each topology, each way to wait and
 * each memory. Where the capacities differ, it says how.
 */
record Combination(Capacity capacity, int senders, int receivers, boolean sleeps, boolean mapped) {
    /** How much a pipe holds. */
    enum Capacity {
        ZERO(PipeSpec.rendezvous(4080)),
        /** The messages are as long as it holds. */
        ONE(PipeSpec.bounded(4096)),
        SMALL(PipeSpec.bounded(4096)),
        LARGE(PipeSpec.bounded(1 << 20)),
        UNBOUNDED(PipeSpec.unbounded(1 << 17, 4096));

        private final PipeSpec spec;

        Capacity(PipeSpec spec) {
            this.spec = spec;
        }
    }

    static List<Combination> all() {
        List<Combination> all = new ArrayList<>();
        for (Capacity capacity : Capacity.values()) {
            for (int topology = 0; topology < 4; topology++) {
                for (int how = 0; how < 4; how++) {
                    int senders = topology % 2 == 0 ? 1 : 3;
                    int receivers = topology / 2 == 0 ? 1 : 3;
                    boolean sleeps = how % 2 == 0;
                    all.add(new Combination(capacity, senders, receivers, sleeps, how / 2 == 0));
                }
            }
        }
        return all;
    }

    PipeSpec spec() {
        return capacity.spec.senders(senders).receivers(receivers);
    }

    /** Whether messages wait where no receiver does. */
    boolean holds() {
        return capacity != Capacity.ZERO;
    }

    /** Whether a sender and a receiver have to take turns for each message. */
    boolean takesTurns() {
        return capacity == Capacity.ZERO || capacity == Capacity.ONE;
    }
}
