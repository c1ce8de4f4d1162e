package io.sluice;

import io.sluice.wait.ParkingWaiter;

/** Selects whose safeguard timeout exceeds any deadline: only a wake-up ends their parks. */
final class WakeupOnlySelects {
    private WakeupOnlySelects() {}

    static Select build(SelectBuilder builder) {
        return builder.waiterFactory(places -> new ParkingWaiter(Long.MAX_VALUE, places)).build();
    }
}
