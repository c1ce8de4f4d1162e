package io.sluice;

import io.sluice.waiting.ParkWaiter;

/** Selects whose safeguard timeout exceeds any deadline: only a wake-up ends their parks. */
final class Patient {
    private Patient() {}

    static Select build(SelectBuilder builder) {
        return builder.waiting(places -> new ParkWaiter(Long.MAX_VALUE, places)).build();
    }
}
