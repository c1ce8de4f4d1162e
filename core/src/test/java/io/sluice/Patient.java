package io.sluice;

import io.sluice.waiting.ParkWaiter;

/** Selects that sleep until they are woken: their naps are longer than any deadline. */
final class Patient {
    private Patient() {}

    static Select build(SelectBuilder builder) {
        return builder.waiting(places -> new ParkWaiter(Long.MAX_VALUE, places)).build();
    }
}
